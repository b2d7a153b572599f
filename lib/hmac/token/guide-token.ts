import { startMac, type RawMacKey } from '../mac/compute-mac.js';
import { parseSignature } from '../mac/mac-format.js';
import { matchesAnyMac } from '../mac/verify-mac.js';
import { MAX_TOKEN_LENGTH } from './token-format.js';

const FORMAT = { algorithm: 'sha256', encoding: 'hex', prefix: '' } as const;
const SECONDS = /^(?:0|[1-9]\d{0,15})$/;

/** Why a guide token was refused. */
export type GuideTokenRefusal = 'missing' | 'malformed' | 'mismatch' | 'expired';

/** What a guide token gave. */
export type GuideTokenVerdict =
  | { readonly ok: true; readonly data: string }
  | { readonly ok: false; readonly reason: GuideTokenRefusal };

/** `<data>:<expiry>:<hex>`: the MAC is HMAC-SHA256 over the UTF-8 of all before the last colon. */
export function formatGuideToken(key: RawMacKey, data: string, expiresAt: number): string {
  const signed = `${data}:${expiresAt}`;
  return `${signed}:${startMac('sha256', key, signed).digest('hex')}`;
}

/**
 * Opens a guide token: the MAC first, then the time. The two last colons separate, so the data may have some.
 * It is valid up to the second at which it expires, that second included, as in Python.
 *
 * @param token anything at all
 */
export function openGuideToken(
  keys: readonly RawMacKey[],
  token: unknown,
  now: number,
): GuideTokenVerdict {
  if (token === undefined || token === null || token === '') return refused('missing');
  if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) return refused('malformed');
  const end = token.lastIndexOf(':');
  const signed = token.slice(0, Math.max(end, 0));
  const separator = signed.lastIndexOf(':');
  const mac = parseSignature(token.slice(end + 1), FORMAT);
  if (separator === -1 || !mac || !signed.isWellFormed()) return refused('malformed');
  if (!matchesAnyMac(keys, signed, mac, 'sha256')) return refused('mismatch');
  const expiry = signed.slice(separator + 1);
  if (!SECONDS.test(expiry)) return refused('malformed');
  return now <= Number(expiry)
    ? { ok: true, data: signed.slice(0, separator) }
    : refused('expired');
}

function refused(reason: GuideTokenRefusal): GuideTokenVerdict {
  return { ok: false, reason };
}
