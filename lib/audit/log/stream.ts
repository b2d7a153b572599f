import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { decodeBase64 } from '../../common/encoding.js';
import { systemErrorCode } from '../../common/system-error-code.js';
import { AuditError } from '../../errors/audit.error.js';
import { replaceDurably, syncFolder } from '../../keyring/durable-file.js';
import { damaged } from './file-audit-log.errors.js';
import { genesisHash } from './leaf-hash.js';
import { EMPTY_ROOT } from './merkle/node-hash.js';
import { epochKeyName, logCheckpointText, originOf } from './note/log-checkpoint.js';
import { noteSigner, rawPublicKey } from './note/note-signer.js';
import { signNote } from './note/signed-note.js';
import { verifierKey, verifierKeyText } from './note/verifier-key.js';
import { newStreamName, STREAM_NAME } from './stream-name.js';
import { lockStream, type StreamLock } from './stream-lock.js';
import { epochKeyPath, identityKeyPath, privateKeyPem } from './writer/epoch-keys.js';

const GENESIS_FILE = 'genesis.json';
const GENESIS = /^\{"v":1,"stream":"([0-9a-z-]+)","publicKey":"([A-Za-z0-9+/=]{44})"\}\n$/;
const PUBLIC_KEY_BYTES = 32;
const PRIVATE_FOLDER = 0o700;

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
  await makeFolder(directory);
  await makeFolder(keyFolder);
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
  await makeFolder(folder);
  await syncFolder(directory);
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
    const firstKey = (await readPublicKey(folder)) ?? (await begin(folder, keyFolder, name));
    return { name, folder, keyFolder, firstKey, lock, genesis: genesisHash(name, firstKey) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** @throws AuditError `AUDIT_LOG_DAMAGED` when the stream had begun already */
async function begin(folder: string, keyFolder: string, stream: string): Promise<Buffer> {
  const keys = (await readdir(keyFolder)).filter((file) => file.startsWith(`${stream}.`));
  // Keys are put in place once the stream has its beginning.
  const hadBegun = keys.some((file) => /^\.\d+\.pem$/.test(file.slice(stream.length)));
  if (hadBegun) throw damaged(folder, `${GENESIS_FILE} is missing`);
  return beginKeys(folder, keyFolder, stream);
}

/**
 * What the first record of a stream carries as `prev`.
 *
 * @throws AuditError `AUDIT_LOG_DAMAGED` when the stream lost its beginning
 */
export async function readGenesis(folder: string, stream: string): Promise<string> {
  const publicKey = await readPublicKey(folder);
  if (!publicKey) throw damaged(folder, `${GENESIS_FILE} is missing`);
  return genesisHash(stream, publicKey);
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
 * whatever this key signs later is tied to this stream from its beginning. What makes the stream valid is
 * written last: from then on a missing checkpoint or key is no accident.
 */
async function beginKeys(folder: string, keyFolder: string, stream: string): Promise<Buffer> {
  const [first, identity] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
  const place = { keyFolder, stream };
  await replaceDurably(identityKeyPath(place), privateKeyPem(identity.privateKey));
  // As the next key of an epoch: whoever opens the stream puts it in place.
  await replaceDurably(`${epochKeyPath(place, 0)}.next`, privateKeyPem(first.privateKey));
  const origin = originOf(stream);
  const identityKey = verifierKey(origin, rawPublicKey(identity.publicKey));
  await replaceDurably(join(folder, 'identity.vkey'), `${verifierKeyText(identityKey)}\n`);
  const time = new Date().toISOString();
  const text = logCheckpointText({ stream, size: 0, root: EMPTY_ROOT, epoch: 0, time });
  const signers = [
    noteSigner(epochKeyName(stream, 0), first.privateKey),
    noteSigner(origin, identity.privateKey),
  ];
  await replaceDurably(join(folder, 'checkpoint'), signNote(text, signers));
  const raw = rawPublicKey(first.publicKey);
  const genesis = `{"v":1,"stream":"${stream}","publicKey":"${raw.toString('base64')}"}\n`;
  await replaceDurably(join(folder, GENESIS_FILE), genesis);
  return raw;
}

/** The streams that have keys here and no folder any more: a log that was taken away. */
export async function missingStreams(directory: string, keyFolder: string): Promise<string[]> {
  const there = new Set(await readdir(directory));
  const registered = (await readdir(keyFolder)).flatMap(
    (file) => /^(.+)\.identity\.pem$/.exec(file)?.[1] ?? [],
  );
  return registered.filter((name) => STREAM_NAME.test(name) && !there.has(name)).toSorted();
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
}

/** The system refused something in the log's folder. */
export function unusable(cause: unknown): AuditError {
  const message = `audit.directory cannot be used (${systemErrorCode(cause)}): give a folder that this process may create, read and write.`;
  return new AuditError('AUDIT_DIRECTORY_UNUSABLE', message, { cause });
}
