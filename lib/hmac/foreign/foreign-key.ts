import { createHash, createHmac } from 'node:crypto';
import { types } from 'node:util';
import type { RawMacKey } from '../mac/compute-mac.js';

/** The hashes of itsdangerous and Django that are read. */
export type ForeignHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** How itsdangerous makes the key of a signer from its secret and its salt. */
export type ItsdangerousKeyDerivation = 'django-concat' | 'concat' | 'hmac' | 'none';

/** The key that a Python signer derives from its secret. */
export function deriveForeignKey(
  secret: RawMacKey,
  salt: string,
  derivation: ItsdangerousKeyDerivation,
  hash: ForeignHash,
): Buffer {
  const bytes = bytesOf(secret);
  if (derivation === 'none') return bytes;
  if (derivation === 'hmac') return createHmac(hash, bytes).update(salt).digest();
  const label = derivation === 'django-concat' ? 'signer' : '';
  return createHash(hash).update(salt).update(label).update(bytes).digest();
}

/** The bytes of a secret that are put together with others. */
export function bytesOf(secret: RawMacKey): Buffer {
  if (typeof secret === 'string') return Buffer.from(secret, 'utf8');
  return types.isKeyObject(secret) ? secret.export() : Buffer.from(secret);
}
