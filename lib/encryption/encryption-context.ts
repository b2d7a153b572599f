import { EncryptionError } from '../errors/encryption.error.js';

const MAX_PARTS = 16;
const MAX_BYTES = 8 * 1024;

/**
 * What a value belongs to, such as its column and the id of its row: it opens only where the same context
 * is given. Well-formed text or a list of 1 to 16 of them, 8,192 bytes of UTF-8 at most; `'a'` equals
 * `['a']`, and `['a', 'bc']` differs from `['ab', 'c']`. It is no secret and is not stored in the token.
 */
export type EncryptionContext = string | readonly string[];

/**
 * The parts of a context.
 *
 * @throws TypeError for anything but text or a list of texts
 * @throws EncryptionError `ENC_CONTEXT_INVALID` for an empty list, one of more than 16 parts, more than 8,192
 * bytes, or a lone surrogate
 */
export function contextParts(context: EncryptionContext): readonly string[] {
  // One part too many is enough to refuse a list of any length; a gap in it becomes undefined.
  const parts: readonly unknown[] = Array.isArray(context)
    ? Array.from(context.slice(0, MAX_PARTS + 1))
    : [context];
  if (!isTexts(parts)) throw new TypeError('a context must be a string or a list of strings');
  if (isWithinBounds(parts) && parts.every((part) => part.isWellFormed())) return parts;
  throw new EncryptionError(
    'ENC_CONTEXT_INVALID',
    `a context must be 1 to ${MAX_PARTS} texts without lone surrogates, ${MAX_BYTES} bytes at most`,
    { status: 400 },
  );
}

function isTexts(parts: readonly unknown[]): parts is readonly string[] {
  return parts.every((part) => typeof part === 'string');
}

function isWithinBounds(parts: readonly string[]): boolean {
  if (parts.length === 0 || parts.length > MAX_PARTS) return false;
  let bytes = 0;
  for (const part of parts) bytes += Buffer.byteLength(part, 'utf8');
  return bytes <= MAX_BYTES;
}
