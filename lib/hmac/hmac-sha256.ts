import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { decodeHex } from '../common/encoding.js';

const HEX_DIGITS = 64;

/**
 * HMAC-SHA256 of text (as UTF-8) or bytes.
 *
 * @throws TypeError for anything else, and for text with a lone surrogate: UTF-8 folds all of those
 * into U+FFFD, so one signature would hold for different texts
 */
export function hmacSha256(key: KeyObject, data: string | Uint8Array): Buffer {
  if (typeof data === 'string' ? !data.isWellFormed() : !(data instanceof Uint8Array)) {
    throw new TypeError('data must be bytes or a string without lone surrogates');
  }
  return createHmac('sha256', key).update(data).digest();
}

/**
 * Tells whether a signature is the prefix and the lower-case hexadecimal HMAC-SHA256 of the data under
 * any of the keys. Every key is tried whatever the others gave, and compared in constant time.
 */
export function matchesAnyHmac(
  keys: readonly KeyObject[],
  data: string | Uint8Array,
  signature: unknown,
  prefix: string,
): boolean {
  const received = decodeSignature(signature, prefix);
  let matched = false;
  for (const key of keys) {
    const expected = hmacSha256(key, data);
    if (received && timingSafeEqual(expected, received)) matched = true;
  }
  return matched;
}

function decodeSignature(signature: unknown, prefix: string): Buffer | undefined {
  if (typeof signature !== 'string' || signature.length !== prefix.length + HEX_DIGITS)
    return undefined;
  if (!signature.startsWith(prefix)) return undefined;
  const digits = signature.slice(prefix.length);
  return digits === digits.toLowerCase() ? decodeHex(digits) : undefined;
}
