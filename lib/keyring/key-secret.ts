import { createHash } from 'node:crypto';
import {
  decodeBase64,
  decodeBase64Url,
  decodeHex,
  decodePaddedBase64Url,
} from '../common/encoding.js';

/** The least number of bytes of a key. */
export const MIN_KEY_BYTES = 32;
const MAX_KEY_TEXT = 4096;
// 32 random bytes with fewer than 8 distinct values: probability below 10^-30; "changeme" repeated: certain.
const MIN_DISTINCT_BYTES = 8;

/** SHA-256 of keys that stand in public documentation. */
const PUBLISHED_KEYS: ReadonlySet<string> = new Set([
  // The key of the Fernet specification's examples.
  'cbeb362f1fa69a6691db592f4529cf6bea1ce089eb132a3350c9081279ff8f34',
]);

/**
 * Decodes the text of a key: an explicit `hex:`, `base64:` or `base64url:` prefix decides; without one,
 * an even number (>= 64) of hex digits is hex, anything else strict base64url or base64.
 *
 * @returns the bytes, or `undefined` when the text is in none of these forms
 */
export function decodeKeySecret(text: string): Buffer | undefined {
  if (text.length > MAX_KEY_TEXT) return undefined;
  const [, prefix, rest = ''] = /^(hex|base64|base64url):(.*)$/s.exec(text) ?? [];
  if (prefix === 'hex') return decodeHex(rest);
  if (prefix === 'base64') return decodeBase64(rest);
  if (prefix === 'base64url') return decodeAnyBase64Url(rest);
  if (text.length >= 64 && /^[0-9a-f]+$/i.test(text) && text.length % 2 === 0)
    return decodeHex(text);
  return decodeAnyBase64Url(text) ?? decodeBase64(text);
}

function decodeAnyBase64Url(text: string): Buffer | undefined {
  return decodeBase64Url(text) ?? decodePaddedBase64Url(text);
}

/** Says what makes these bytes unfit as a key, in words that follow the option's name; `undefined` when fit. */
export function weaknessOf(bytes: Uint8Array): string | undefined {
  if (bytes.length < MIN_KEY_BYTES) {
    return `is ${bytes.length} bytes long after decoding, at least ${MIN_KEY_BYTES} are needed`;
  }
  if (PUBLISHED_KEYS.has(createHash('sha256').update(bytes).digest('hex'))) {
    return 'is a key printed in public documentation, which everybody knows';
  }
  return repetitionIn(bytes);
}

/** Says that bytes are not random when they repeat a few values; `undefined` otherwise. */
export function repetitionIn(bytes: Uint8Array): string | undefined {
  return new Set(bytes).size < MIN_DISTINCT_BYTES
    ? 'is not random: it repeats a few byte values'
    : undefined;
}
