import type { ComparableSecret } from './comparable.js';
import { decodeBase64, decodeBase64Url, decodeHex } from './encoding.js';
import { Secret } from './secret.js';
import { timingSafeEqual } from './timing-safe-equal.js';

/**
 * Compares as {@link timingSafeEqual} does, but by the bytes that hexadecimal digits stand for. Digits may
 * be of either case, but not mixed.
 *
 * @param candidate what the caller sent: whatever is not an even number of digits, bytes included, is unequal
 * @param secret the bytes, or their hexadecimal text
 * @throws TypeError when the secret is missing, empty, or text that does not decode
 * @example
 * timingSafeEqualHex(request.headers['x-signature'], createHmac('sha256', key).update(body).digest());
 */
export function timingSafeEqualHex(candidate: unknown, secret: ComparableSecret): boolean {
  return equalDecoded(candidate, secret, decodeHex);
}

/**
 * Compares as {@link timingSafeEqual} does, but by the bytes that padded base64 (RFC 4648 §4) stands for.
 * Only the canonical spelling is decoded: white space, missing padding, spare bits and base64url are not.
 *
 * @param candidate what the caller sent: whatever is not canonical base64, bytes included, is unequal
 * @param secret the bytes, or their base64 text
 * @throws TypeError when the secret is missing, empty, or text that does not decode
 * @example
 * timingSafeEqualBase64(request.headers['x-hmac'], createHmac('sha256', key).update(body).digest());
 */
export function timingSafeEqualBase64(candidate: unknown, secret: ComparableSecret): boolean {
  return equalDecoded(candidate, secret, decodeBase64);
}

/**
 * Compares as {@link timingSafeEqual} does, but by the bytes that base64url without padding (RFC 4648 §5)
 * stands for. Only the canonical spelling is decoded.
 *
 * @param candidate what the caller sent: whatever is not canonical base64url, bytes included, is unequal
 * @param secret the bytes, or their base64url text
 * @throws TypeError when the secret is missing, empty, or text that does not decode
 * @example
 * timingSafeEqualBase64Url(query.mac, createHmac('sha256', key).update(path).digest());
 */
export function timingSafeEqualBase64Url(candidate: unknown, secret: ComparableSecret): boolean {
  return equalDecoded(candidate, secret, decodeBase64Url);
}

type Decoder = (text: string) => Buffer | undefined;

function equalDecoded(candidate: unknown, secret: ComparableSecret, decode: Decoder): boolean {
  const expected = decodedSecret(secret, decode);
  return timingSafeEqual(typeof candidate === 'string' ? decode(candidate) : undefined, expected);
}

function decodedSecret(secret: ComparableSecret, decode: Decoder): Uint8Array {
  const value = secret instanceof Secret ? secret.reveal() : secret;
  const bytes = typeof value === 'string' ? decode(value) : value;
  if (bytes === undefined) {
    throw new TypeError('the secret must be bytes or their canonical text in this encoding');
  }
  return bytes;
}
