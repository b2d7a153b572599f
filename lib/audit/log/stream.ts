import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { decodeBase64 } from '../../common/encoding.js';
import { systemErrorCode } from '../../common/system-error-code.js';
import { AuditError } from '../../errors/audit.error.js';
import { replaceDurably, syncFolder } from '../../keyring/durable-file.js';
import { genesisHash } from './leaf-hash.js';
import { lockStream, type StreamLock } from './stream-lock.js';

const STREAM_NAME = /^(0|[1-9]\d{0,5})-[0-9a-z]{8}$/;
const KEY_FOLDER = 'keys';
const GENESIS_FILE = 'genesis.json';
const GENESIS = /^\{"v":1,"stream":"([0-9a-z-]+)","publicKey":"([A-Za-z0-9+/=]{44})"\}\n$/;
const PUBLIC_KEY_BYTES = 32;
const PRIVATE_FOLDER = 0o700;

/** One chain of records, written by one process at a time: a folder in the log's directory. */
export interface Stream {
  readonly name: string;
  readonly folder: string;
  /** What its first record carries as `prev`. */
  readonly genesis: string;
  readonly lock: StreamLock;
  /** Whether it was begun just now. */
  readonly isNew: boolean;
}

/**
 * Takes the first stream of a directory that no other process has, or begins a new one.
 *
 * @throws AuditError `AUDIT_DIRECTORY_UNUSABLE`, or `AUDIT_LOG_DAMAGED` when a stream lost its beginning
 */
export async function adoptStream(directory: string): Promise<Stream> {
  await makeFolder(directory);
  const names = (await readdir(directory)).filter((name) => STREAM_NAME.test(name));
  names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));
  for (const name of names) {
    const folder = join(directory, name);
    const lock = await lockStream(folder);
    if (lock) return openStream(directory, name, lock);
  }
  return beginStream(directory, names.length);
}

async function beginStream(directory: string, number: number): Promise<Stream> {
  const name = `${number}-${randomBytes(5).readUIntBE(0, 5).toString(36).padStart(8, '0')}`;
  const folder = join(directory, name);
  await makeFolder(folder);
  await syncFolder(directory);
  const lock = await lockStream(folder);
  // Another process that starts just now may find the new folder and lock it first.
  return lock ? openStream(directory, name, lock) : beginStream(directory, number + 1);
}

async function openStream(directory: string, name: string, lock: StreamLock): Promise<Stream> {
  const folder = join(directory, name);
  try {
    const known = await readPublicKey(folder);
    const publicKey = known ?? (await beginKeys(directory, name));
    return { name, folder, lock, genesis: genesisHash(name, publicKey), isNew: !known };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function readPublicKey(folder: string): Promise<Buffer | undefined> {
  const files = await readdir(folder);
  if (!files.includes(GENESIS_FILE)) {
    if (!files.some((file) => file.startsWith('seg-'))) return undefined;
    throw damaged(folder, `${GENESIS_FILE} is missing`);
  }
  const text = await readFile(join(folder, GENESIS_FILE), 'utf8');
  const [, stream, encoded = ''] = GENESIS.exec(text) ?? [];
  if (stream !== basename(folder))
    throw damaged(folder, `${GENESIS_FILE} is of another stream or cannot be read`);
  const publicKey = decodeBase64(encoded);
  if (publicKey?.length !== PUBLIC_KEY_BYTES)
    throw damaged(folder, `${GENESIS_FILE} cannot be read`);
  return publicKey;
}

/**
 * Makes the first key of a stream. Its public half is bound into the first record's `prev`, so that
 * whatever this key signs later is tied to this stream from its beginning.
 */
async function beginKeys(directory: string, name: string): Promise<Buffer> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  await makeFolder(join(directory, KEY_FOLDER));
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  await replaceDurably(join(directory, KEY_FOLDER, `${name}.0.pem`), pem);
  const genesis = `{"v":1,"stream":"${name}","publicKey":"${raw.toString('base64')}"}\n`;
  await replaceDurably(join(directory, name, GENESIS_FILE), genesis);
  return raw;
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
}

/** The system refused something in the log's folder. */
export function unusable(cause: unknown): AuditError {
  const message = `audit.directory cannot be used (${systemErrorCode(cause)}): give a folder that this process may create, read and write.`;
  return new AuditError('AUDIT_DIRECTORY_UNUSABLE', message, { cause });
}

function damaged(folder: string, what: string): AuditError {
  const message = `${what} in the audit stream ${folder}: restore it from a backup, or move the folder away to begin a new stream and keep it as evidence.`;
  return new AuditError('AUDIT_LOG_DAMAGED', message);
}
