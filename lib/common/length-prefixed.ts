const LENGTH_BYTES = 4;

/**
 * Joins texts so that no two different lists give the same bytes: each part becomes its UTF-8 length
 * as four big-endian bytes, then its UTF-8 bytes. Plain concatenation would make `('a', 'bc')` and
 * `('ab', 'c')` one.
 *
 * @throws TypeError for a part that is not a string or has a lone surrogate, since UTF-8 would fold
 * all of those into U+FFFD.
 */
export function lengthPrefixed(parts: readonly string[]): Buffer {
  const lengths = parts.map(lengthOf);
  const joined = Buffer.allocUnsafe(lengths.reduce((sum, each) => sum + LENGTH_BYTES + each, 0));
  let at = 0;
  for (const [index, part] of parts.entries()) {
    at = joined.writeUInt32BE(lengths[index] ?? 0, at);
    at += joined.write(part, at, 'utf8');
  }
  return joined;
}

function lengthOf(part: string): number {
  if (typeof part !== 'string' || !part.isWellFormed()) {
    throw new TypeError('a part must be a string without lone surrogates');
  }
  return Buffer.byteLength(part, 'utf8');
}
