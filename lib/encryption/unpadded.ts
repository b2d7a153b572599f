import { BLOCK } from './fernet-format.js';

/**
 * Takes PKCS #7 padding (RFC 5652 §6.3) off whole blocks. Looks at all of the last block whatever stands in
 * it.
 *
 * @returns a view of the same memory; `undefined` when there is no such padding
 */
export function unpadded(padded: Buffer): Buffer | undefined {
  const size = padded.at(-1) ?? 0;
  let isWrong = size < 1 || size > BLOCK ? 1 : 0;
  for (let index = 1; index <= BLOCK; index += 1) {
    const isPadding = index <= size ? 0xff : 0;
    isWrong |= isPadding & ((padded.at(-index) ?? 0) ^ size);
  }
  return isWrong === 0 ? padded.subarray(0, padded.length - size) : undefined;
}
