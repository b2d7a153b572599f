import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Secret } from '../common/secret.js';
import { systemErrorCode } from '../common/system-error-code.js';

const MAX_BYTES = 1024 * 1024;
const FOR_OTHERS = 0o066;

/**
 * Reads a secret from a file: the whole text, less one line end behind it. A file that the group or the
 * world may read or write is refused, except on Windows, where modes say nothing.
 *
 * @returns the secret, or a plain text that says what is wrong with the file, to follow the option's name
 */
export function readSecretFile(path: string): Secret | string {
  try {
    // Opening a pipe without a writer would otherwise stop the process. Windows has neither.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return readOpened(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return `names a file that cannot be read (${systemErrorCode(error)}): give the path of a readable file.`;
  }
}

function readOpened(file: number): Secret | string {
  const { mode, size } = fstatSync(file);
  if (process.platform !== 'win32' && (mode & FOR_OTHERS) !== 0) {
    return 'names a file that others may read or change: make it private with chmod 600.';
  }
  if (size > MAX_BYTES)
    return `names a file of more than ${MAX_BYTES} bytes: give the path of one that holds the secret only.`;
  const bytes = Buffer.alloc(MAX_BYTES);
  const text = bytes
    .toString('utf8', 0, readSync(file, bytes, 0, MAX_BYTES, 0))
    .replace(/\r?\n$/, '');
  return text === '' ? 'names an empty file: write the secret into it.' : Secret.of(text);
}
