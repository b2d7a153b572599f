import { opendir } from 'node:fs/promises';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { isStreamName } from '../read/log-folder.js';
import { unreadable } from '../read/regular-file.js';

/** Whoever may write the log could put any of these there; a copy of a log has no keys at all. */
const NO_FOLDER = ['ENOENT', 'ENOTDIR', 'ELOOP'];
const IDENTITY_KEY = /^(.+)\.identity\.pem$/;

/** The streams that have an identity key in a folder: each of them was begun, and has to be there. */
export async function registeredStreams(keyDirectory: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(keyDirectory)) {
      const stream = IDENTITY_KEY.exec(name)?.[1] ?? '';
      if (isStreamName(stream)) names.push(stream);
    }
    return names;
  } catch (error) {
    if (NO_FOLDER.includes(systemErrorCode(error))) return [];
    throw unreadable(error, keyDirectory);
  }
}
