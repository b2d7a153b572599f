import { isUtf8 } from 'node:buffer';
import { decodeBase64Url } from '../../common/encoding.js';
import { lengthPrefixed } from '../../common/length-prefixed.js';

/** The longest cookie that browsers keep, name, `=` and value together. */
export const MAX_COOKIE_LENGTH = 4096;

const VERSION = 'c1';
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
const SIGNED =
  /^c1\.([A-Za-z0-9_-]{1,32})\.(0|[1-9]\d{0,15})\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]{43})$/;

/** What the MAC of a cookie binds together. */
export interface CookieFacts {
  readonly keyId: string;
  /** Valid while the time, in seconds since the Unix epoch, is below this. */
  readonly expiresAt: number;
  readonly value: string;
}

/** A signed cookie taken apart. Nothing has proved any of it yet. */
export interface CookieParts extends CookieFacts {
  readonly mac: Buffer;
}

/** @throws TypeError for anything but 1 to 128 characters that RFC 6265 allows in a name */
export function checkCookieName(name: unknown): asserts name is string {
  if (typeof name === 'string' && NAME.test(name)) return;
  throw new TypeError('the name of a cookie must be 1 to 128 of the characters of RFC 6265');
}

/** What the MAC is over: version, key id, name, value and expiry in decimal, each with its length before it. */
export function cookieMessage(name: string, { keyId, value, expiresAt }: CookieFacts): Buffer {
  return lengthPrefixed([VERSION, keyId, name, value, String(expiresAt)]);
}

/** `c1.<key id>.<expiry>.<base64url value>.<base64url MAC>`: nothing that a cookie would have to quote. */
export function formatCookie({ keyId, value, expiresAt, mac }: CookieParts): string {
  const [text, code] = [Buffer.from(value, 'utf8'), mac].map((each) => each.toString('base64url'));
  return `${VERSION}.${keyId}.${expiresAt}.${text}.${code}`;
}

/**
 * Takes a signed cookie apart. Its length is looked at first.
 *
 * @param signed anything at all
 * @returns `undefined` for whatever is not spelt exactly so
 */
export function parseCookie(signed: unknown): CookieParts | undefined {
  if (typeof signed !== 'string' || signed.length > MAX_COOKIE_LENGTH) return undefined;
  const [, keyId, expiry, valueText = '', macText = ''] = SIGNED.exec(signed) ?? [];
  const [value, mac] = [decodeBase64Url(valueText), decodeBase64Url(macText)];
  if (keyId === undefined || !value || !mac || !isUtf8(value)) return undefined;
  return { keyId, expiresAt: Number(expiry), value: value.toString('utf8'), mac };
}
