import type { KeyObject } from 'node:crypto';
import { startMac, type MacData } from './mac/compute-mac.js';
import { problemOfSignature } from './mac/verify-mac.js';

/**
 * HMAC-SHA256 of text (as UTF-8) or bytes.
 *
 * @throws TypeError for anything else, and for text with a lone surrogate
 */
export function hmacSha256(key: KeyObject, data: MacData): Buffer {
  return startMac('sha256', key, data).digest();
}

/**
 * Tells whether a signature is the prefix and the lower-case hexadecimal HMAC-SHA256 of the data under
 * any of the keys. Every key is tried whatever the others gave, and compared in constant time.
 */
export function matchesAnyHmac(
  keys: readonly KeyObject[],
  data: MacData,
  signature: unknown,
  prefix: string,
): boolean {
  const format = { algorithm: 'sha256', encoding: 'hex', prefix } as const;
  return problemOfSignature(keys, data, signature, format) === undefined;
}
