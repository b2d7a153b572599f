import { createHash } from 'node:crypto';

const BYTES = 8;

/** How a stored hash names the pepper it was made with: the first 8 bytes of SHA-256 of the key's id. */
export function pepperIdOf(keyId: string): Buffer {
  return createHash('sha256').update(keyId).digest().subarray(0, BYTES);
}
