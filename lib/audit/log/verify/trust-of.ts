import { createPrivateKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { AuditError } from '../../../errors/audit.error.js';
import { originOf } from '../note/log-checkpoint.js';
import { rawPublicKey } from '../note/note-signer.js';
import { verifierKey, type VerifierKey } from '../note/verifier-key.js';
import { streamNames } from '../read/log-folder.js';
import { readRegular } from '../read/regular-file.js';
import { registeredStreams } from './registered-streams.js';
import { readGenesis, readIdentity } from './stream-identity.js';
import type { Trust, TrustedStream } from './trust.js';

const MAX_KEY_BYTES = 4096;

/**
 * Collects what a log is to be verified against from its own folder, while that can still be trusted: the
 * first key and the identity of every stream that is there or has an identity key.
 *
 * @param directory the audit directory
 * @param keyDirectory where the private keys are
 * @default keyDirectory: the folder `keys` in the audit directory
 * @throws AuditError `AUDIT_LOG_DAMAGED` when a stream lacks what is needed, `AUDIT_LOG_UNREADABLE`
 */
export async function trustOf(
  directory: string,
  keyDirectory = join(directory, 'keys'),
): Promise<Trust> {
  const present = await streamNames(directory);
  const registered = await registeredStreams(keyDirectory);
  const names = [...present, ...registered.filter((name) => !present.includes(name))];
  const streams: TrustedStream[] = [];
  for (const name of names) streams.push(await trustedStream(directory, keyDirectory, name));
  return { streams, witnesses: [] };
}

async function trustedStream(
  directory: string,
  keyDirectory: string,
  stream: string,
): Promise<TrustedStream> {
  const folder = join(directory, stream);
  const epochKey = await readGenesis(folder, stream);
  if (typeof epochKey === 'string') throw damaged(stream, 'genesis.json', epochKey);
  const stated = await readIdentity(folder, stream);
  const held = await heldIdentity(join(keyDirectory, `${stream}.identity.pem`), stream);
  if (typeof stated === 'string') {
    if (!held) throw damaged(stream, 'identity.vkey', stated);
    return { stream, epochKey, identity: held };
  }
  if (held && !held.publicKey.equals(stated.publicKey))
    throw damaged(stream, 'identity.vkey', 'not that of the private key');
  return { stream, epochKey, identity: stated };
}

async function heldIdentity(path: string, stream: string): Promise<VerifierKey | undefined> {
  const pem = await readRegular(path, MAX_KEY_BYTES);
  if (typeof pem === 'string') return undefined;
  return verifierKey(originOf(stream), rawPublicKey(privateKeyOf(pem, stream)));
}

function privateKeyOf(pem: Buffer, stream: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw damaged(stream, `${stream}.identity.pem`, 'invalid');
  }
}

function damaged(stream: string, file: string, state: string): AuditError {
  return new AuditError(
    'AUDIT_LOG_DAMAGED',
    `${file} of the audit stream ${stream} is ${state}: a trust file made now would be worth nothing. Restore it from a backup`,
  );
}
