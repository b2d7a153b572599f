import { createHash } from 'node:crypto';

const MAX_CHARACTERS = 256;

/**
 * What is kept of the key of a caller, who takes turns with other keys. A key of more than 256 characters is
 * replaced by its SHA-256: it may be what a stranger typed, so it is neither kept whole nor made an error.
 *
 * @throws TypeError when the key is not text
 */
export function fairnessKeyOf(key: unknown): string | undefined {
  if (key === undefined) return undefined;
  if (typeof key !== 'string') throw new TypeError('fairnessKey must be a string');
  return key.length > MAX_CHARACTERS ? createHash('sha256').update(key).digest('hex') : key;
}
