import { createHmac, type Hmac, type KeyObject } from 'node:crypto';
import { isTextOrBytes } from './text-or-bytes.js';

/** The length of a MAC in bytes, by its hash. */
export const MAC_BYTES = Object.freeze({ sha1: 20, sha256: 32, sha384: 48, sha512: 64 });

/** The hash of an HMAC. */
export type MacAlgorithm = keyof typeof MAC_BYTES;

/**
 * What is signed: text (its UTF-8), bytes, or a list of these, which go to the MAC one after the other. So
 * `['a', 'bc']` and `['ab', 'c']` are signed alike, as is `'abc'`.
 */
export type MacData = string | Uint8Array | readonly (string | Uint8Array)[];

/** A key as the MAC takes it; of text, the UTF-8. */
export type RawMacKey = KeyObject | string | Uint8Array;

/**
 * An HMAC (RFC 2104, FIPS 198-1) over data, of which the digest is still to be taken. Text and bytes as keys
 * cost no more than a `KeyObject`.
 *
 * @throws TypeError as {@link checkMacData} does
 */
export function startMac(algorithm: MacAlgorithm, key: RawMacKey, data: MacData): Hmac {
  const mac = createHmac(algorithm, key);
  if (!isList(data)) return mac.update(checkPart(data));
  for (const part of data) mac.update(checkPart(part));
  return mac;
}

/**
 * @throws TypeError for data of another type, and for text with a lone surrogate: UTF-8 folds all of those
 * into U+FFFD, so one MAC would hold for different texts
 */
export function checkMacData(data: MacData): void {
  if (isList(data)) data.forEach(checkPart);
  else checkPart(data);
}

function isList(data: MacData): data is readonly (string | Uint8Array)[] {
  return Array.isArray(data);
}

function checkPart(part: unknown): string | Uint8Array {
  if (isTextOrBytes(part)) return part;
  throw new TypeError('data must be bytes, a string without lone surrogates, or a list of these');
}
