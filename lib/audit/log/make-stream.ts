import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceDurably, syncFolder } from '../../keyring/durable-file.js';
import { EMPTY_ROOT } from './merkle/node-hash.js';
import { epochKeyName, logCheckpointText, originOf } from './note/log-checkpoint.js';
import { noteSigner, rawPublicKey } from './note/note-signer.js';
import { signNote } from './note/signed-note.js';
import { verifierKey, verifierKeyText } from './note/verifier-key.js';
import { GENESIS_FILE, IDENTITY_FILE } from './verify/stream-identity.js';
import {
  epochKeyPath,
  identityKeyPath,
  privateKeyPem,
  type KeyPlace,
} from './writer/epoch-keys.js';

/** The first keys of a stream. */
interface FirstKeys {
  readonly epoch: KeyObject;
  readonly identity: KeyObject;
}

/**
 * Makes a stream without records. Its folder gets its name last, so that a crash leaves a whole stream or
 * none: a folder that lacks its beginning has lost it. The private keys are there before, as next ones, so
 * that nobody misses the stream; whoever opens it puts them in place.
 */
export async function makeStream(place: KeyPlace & { readonly directory: string }): Promise<void> {
  const { directory, stream } = place;
  const unfinished = join(directory, `${stream}.${randomBytes(8).toString('hex')}.new`);
  const keys = {
    epoch: generateKeyPairSync('ed25519').privateKey,
    identity: generateKeyPairSync('ed25519').privateKey,
  };
  const [epochPath, identityPath] = [epochKeyPath(place, 0), identityKeyPath(place)];
  try {
    await replaceDurably(`${epochPath}.next`, privateKeyPem(keys.epoch));
    await replaceDurably(`${identityPath}.next`, privateKeyPem(keys.identity));
    await mkdir(unfinished, { mode: 0o700 });
    await writeBeginning(unfinished, stream, keys);
    await rename(unfinished, join(directory, stream));
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    for (const path of [epochPath, identityPath]) await rm(`${path}.next`, { force: true });
    throw error;
  }
  await syncFolder(directory);
}

/**
 * Writes what a verifier begins with. The first public key is bound into the first record's `prev`, so that
 * whatever that key signs later is tied to this stream from its beginning.
 */
async function writeBeginning(folder: string, stream: string, keys: FirstKeys): Promise<void> {
  const origin = originOf(stream);
  const identity = verifierKey(origin, rawPublicKey(keys.identity));
  const time = new Date().toISOString();
  const text = logCheckpointText({ stream, size: 0, root: EMPTY_ROOT, epoch: 0, time });
  const signers = [
    noteSigner(epochKeyName(stream, 0), keys.epoch),
    noteSigner(origin, keys.identity),
  ];
  const publicKey = rawPublicKey(keys.epoch).toString('base64');
  const genesis = `{"v":1,"stream":"${stream}","publicKey":"${publicKey}"}\n`;
  await replaceDurably(join(folder, IDENTITY_FILE), `${verifierKeyText(identity)}\n`);
  await replaceDurably(join(folder, 'checkpoint'), signNote(text, signers));
  await replaceDurably(join(folder, GENESIS_FILE), genesis);
}
