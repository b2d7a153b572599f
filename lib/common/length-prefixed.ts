/**
 * Joins texts so that no two different lists give the same bytes: each part becomes its UTF-8 length
 * as four big-endian bytes, then its UTF-8 bytes. Plain concatenation would make `('a', 'bc')` and
 * `('ab', 'c')` one.
 *
 * @throws TypeError for a part that is not a string or has a lone surrogate, since UTF-8 would fold
 * all of those into U+FFFD.
 */
export function lengthPrefixed(parts: readonly string[]): Buffer {
  return Buffer.concat(parts.flatMap((part) => [lengthOf(part), Buffer.from(part, 'utf8')]));
}

function lengthOf(part: string): Buffer {
  if (typeof part !== 'string' || !part.isWellFormed()) {
    throw new TypeError('a part must be a string without lone surrogates');
  }
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(part, 'utf8'));
  return length;
}
