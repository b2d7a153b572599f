import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../common/system-error-code.js';
import { AuditError } from '../../errors/audit.error.js';
import { makeFolderDurably, syncFolder } from '../../keyring/durable-file.js';
import { damaged } from './file-audit-log.errors.js';
import { genesisHash } from './leaf-hash.js';
import { makeStream } from './make-stream.js';
import { newStreamName, STREAM_NAME } from './stream-name.js';
import { lockStream, type StreamLock } from './stream-lock.js';
import { GENESIS_FILE, readGenesis as readGenesisKey } from './verify/stream-identity.js';

/** One chain of records, written by one process at a time: a folder in the log's directory. */
export interface Stream {
  readonly name: string;
  readonly folder: string;
  readonly keyFolder: string;
  /** The public key of its first epoch, 32 bytes. */
  readonly firstKey: Buffer;
  /** What its first record carries as `prev`. */
  readonly genesis: string;
  readonly lock: StreamLock;
}

/**
 * Takes the first stream of a directory that no other process has, or begins a new one.
 *
 * @throws AuditError `AUDIT_DIRECTORY_UNUSABLE`, or `AUDIT_LOG_DAMAGED` when a stream lost its beginning
 */
export async function adoptStream(directory: string, keyFolder: string): Promise<Stream> {
  await makeFolderDurably(directory);
  await makeFolderDurably(keyFolder);
  const names = (await readdir(directory)).filter((name) => STREAM_NAME.test(name));
  names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));
  for (const name of names) {
    const folder = join(directory, name);
    const lock = await lockStream(folder);
    if (lock) return openStream({ directory, keyFolder, name, lock });
  }
  return beginStream(directory, keyFolder, names.length);
}

async function beginStream(directory: string, keyFolder: string, number: number): Promise<Stream> {
  const name = newStreamName(number);
  const folder = join(directory, name);
  await makeStream({ directory, keyFolder, stream: name });
  const lock = await lockStream(folder);
  // Another process that starts just now may find the new folder and lock it first.
  return lock
    ? openStream({ directory, keyFolder, name, lock })
    : beginStream(directory, keyFolder, number + 1);
}

interface LockedFolder {
  readonly directory: string;
  readonly keyFolder: string;
  readonly name: string;
  readonly lock: StreamLock;
}

async function openStream({ directory, keyFolder, name, lock }: LockedFolder): Promise<Stream> {
  const folder = join(directory, name);
  try {
    // Whoever made the folder may have been killed, or not be done yet.
    await syncFolder(directory);
    const firstKey = await readPublicKey(folder, name);
    return { name, folder, keyFolder, firstKey, lock, genesis: genesisHash(name, firstKey) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * What the first record of a stream carries as `prev`.
 *
 * @throws AuditError `AUDIT_LOG_DAMAGED` when the stream lost its beginning
 */
export async function readGenesis(folder: string, stream: string): Promise<string> {
  return genesisHash(stream, await readPublicKey(folder, stream));
}

async function readPublicKey(folder: string, stream: string): Promise<Buffer> {
  const key = await readGenesisKey(folder, stream);
  if (key === 'missing') throw damaged(folder, `${GENESIS_FILE} is missing`);
  if (typeof key === 'string')
    throw damaged(folder, `${GENESIS_FILE} is of another stream or cannot be read`);
  return key;
}

/** The streams that have keys here and no folder any more: a log that was taken away. */
export async function missingStreams(directory: string, keyFolder: string): Promise<string[]> {
  const there = new Set(await readdir(directory));
  const registered = (await readdir(keyFolder)).flatMap(
    (file) => /^(.+)\.identity\.pem$/.exec(file)?.[1] ?? [],
  );
  return registered.filter((name) => STREAM_NAME.test(name) && !there.has(name)).toSorted();
}

/** The system refused something in the log's folder. */
export function unusable(cause: unknown): AuditError {
  const message = `audit.directory cannot be used (${systemErrorCode(cause)}): give a folder that this process may create, read and write.`;
  return new AuditError('AUDIT_DIRECTORY_UNUSABLE', message, { cause });
}
