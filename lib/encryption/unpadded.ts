import { BLOCK } from './fernet-format.js';

/**
 * Takes PKCS #7 padding (RFC 5652 §6.3) off whole blocks. Looks at all of the last block whatever stands in
 * it.
 *
 * @returns a view of the same memory; `undefined` when there is no such padding
 */
export function unpadded(padded: Buffer): Buffer | undefined {
  const end = padded.length;
  const size = padded[end - 1] ?? 0;
  let isWrong = size < 1 || size > BLOCK ? 1 : 0;
  for (let back = 1; back <= BLOCK; back += 1) {
    const mask = back <= size ? 0xff : 0;
    isWrong |= mask & ((padded[end - back] ?? 0) ^ size);
  }
  return isWrong === 0 ? padded.subarray(0, end - size) : undefined;
}
