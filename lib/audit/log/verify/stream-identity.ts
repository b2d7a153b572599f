import { join } from 'node:path';
import { decodeBase64 } from '../../../common/encoding.js';
import { originOf } from '../note/log-checkpoint.js';
import { parseVerifierKey, type VerifierKey } from '../note/verifier-key.js';
import { readRegular, type Unreadable } from '../read/regular-file.js';

export const GENESIS_FILE = 'genesis.json';
export const IDENTITY_FILE = 'identity.vkey';

const MAX_GENESIS_BYTES = 1024;
const MAX_IDENTITY_BYTES = 1024;
const KEY_BYTES = 32;
const GENESIS = /^\{"v":1,"stream":"([0-9a-z-]+)","publicKey":"([A-Za-z0-9+/=]{44})"\}\n$/;

/**
 * Reads the public key of epoch 0 out of a stream's folder.
 *
 * @returns the key, or why there is none; `invalid` is also a genesis of another stream
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function readGenesis(
  folder: string,
  stream: string,
): Promise<Buffer | Unreadable | 'invalid'> {
  const bytes = await readRegular(join(folder, GENESIS_FILE), MAX_GENESIS_BYTES);
  if (bytes === 'too-large') return 'invalid';
  if (typeof bytes === 'string') return bytes;
  const [, name, encoded = ''] = GENESIS.exec(bytes.toString('latin1')) ?? [];
  const key = decodeBase64(encoded);
  return name === stream && key?.length === KEY_BYTES ? key : 'invalid';
}

/**
 * Reads the identity key out of a stream's folder.
 *
 * @returns the key, or why there is none; `invalid` is also a key of another name
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function readIdentity(
  folder: string,
  stream: string,
): Promise<VerifierKey | Unreadable | 'invalid'> {
  const bytes = await readRegular(join(folder, IDENTITY_FILE), MAX_IDENTITY_BYTES);
  if (bytes === 'too-large') return 'invalid';
  if (typeof bytes === 'string') return bytes;
  const text = bytes.toString('utf8');
  const key = text.endsWith('\n') ? parseVerifierKey(text.slice(0, -1)) : undefined;
  return key?.name === originOf(stream) && key.type === 1 ? key : 'invalid';
}
