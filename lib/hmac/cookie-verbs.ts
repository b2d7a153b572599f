import { refuseUnknown } from '../common/refuse-unknown.js';
import { MacError } from '../errors/mac.error.js';
import {
  checkCookieName,
  cookieMessage,
  formatCookie,
  MAX_COOKIE_LENGTH,
  parseCookie,
} from './cookie/cookie-format.js';
import { namedKey } from './named-key.js';
import { startMac } from './mac/compute-mac.js';
import { checkTtlSeconds } from './mac/ttl.js';
import { matchesAnyMac } from './mac/verify-mac.js';
import { TokenVerbs } from './token-verbs.js';

/** How a cookie is signed. */
export interface SignCookieOptions {
  /** How long it is accepted, in whole seconds, 1 to 315360000. Give the cookie the same `Max-Age`. */
  ttlSeconds: number;
}

/**
 * Why a cookie was refused; for logs.
 * - `missing`: `undefined`, `null` or `''`
 * - `malformed`: not spelt as a signed cookie is
 * - `unknown-key`, `revoked-key`: it names a key that the ring does not have, or that was revoked
 * - `mismatch`: forged, damaged, or of another name
 * - `expired`: genuine, and too old
 */
export type CookieRefusal =
  'missing' | 'malformed' | 'unknown-key' | 'revoked-key' | 'mismatch' | 'expired';

/** What reading a signed cookie gives. */
export type CookieVerdict =
  | {
      readonly ok: true;
      /** The value that was signed. */
      readonly value: string;
      /** Since when it is no longer accepted, in seconds since the Unix epoch. */
      readonly expiresAt: number;
      /** Whether another key than the primary signed it: set the cookie anew. */
      readonly needsResign: boolean;
    }
  | { readonly ok: false; readonly reason: CookieRefusal };

/** The verbs for cookies. */
export abstract class CookieVerbs extends TokenVerbs {
  /**
   * Signs the value of a cookie for some time, bound to the cookie's name. It can be read by whoever has it.
   *
   * @param name the name of the cookie: with another name it is refused
   * @param value text; empty, too
   * @returns what stands behind the `=`: letters, digits, `.`, `_` and `-` only
   * @throws TypeError for a name that cookies cannot have, a value that is no well-formed text, or a `ttlSeconds`
   * that is not a whole number within bounds
   * @throws MacError `MAC_COOKIE_TOO_LARGE` when name and value would have more than 4,096 characters, which
   * browsers drop
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * response.cookie('device', hmac.signCookie('device', id, { ttlSeconds }), { httpOnly: true, secure: true });
   */
  signCookie(name: string, value: string, options: SignCookieOptions): string {
    checkCookieName(name);
    refuseUnknown(options, ['ttlSeconds'], 'the call');
    checkTtlSeconds(options.ttlSeconds);
    if (typeof value !== 'string' || !value.isWellFormed()) {
      throw new TypeError('the value of a cookie must be a string without lone surrogates');
    }
    const [{ id: keyId, key }] = this.core.keyring.keysFor('hmac-cookie', [name]);
    const facts = { keyId, value, expiresAt: this.core.now() + options.ttlSeconds };
    const mac = startMac('sha256', key, cookieMessage(name, facts)).digest();
    const signed = formatCookie({ ...facts, mac });
    if (name.length + 1 + signed.length <= MAX_COOKIE_LENGTH) return signed;
    const message = `the cookie would have more than ${MAX_COOKIE_LENGTH} characters: keep the value, and sign an id`;
    throw new MacError('MAC_COOKIE_TOO_LARGE', message);
  }

  /**
   * Reads what {@link CookieVerbs.signCookie} gave for this name: first its MAC, under the key that it names and
   * no other, then its time. Refusals are reported as `signature_refused`, but for a cookie that is missing.
   *
   * @param signed anything at all
   * @throws TypeError for a name that cookies cannot have, never for the cookie
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @example
   * const device = hmac.unsignCookie('device', request.cookies['device']);
   */
  unsignCookie(name: string, signed: unknown): CookieVerdict {
    checkCookieName(name);
    const verdict = this.#unsign(name, signed);
    if (!verdict.ok && verdict.reason !== 'missing') this.core.report('cookie', verdict.reason);
    return verdict;
  }

  #unsign(name: string, signed: unknown): CookieVerdict {
    if (signed === undefined || signed === null || signed === '') return refused('missing');
    const parts = parseCookie(signed);
    if (!parts) return refused('malformed');
    const key = namedKey(this.core.keyring, 'hmac-cookie', [name], parts.keyId);
    if (typeof key === 'string') return refused(key);
    const message = cookieMessage(name, parts);
    if (!matchesAnyMac([key.key], message, parts.mac, 'sha256')) return refused('mismatch');
    const { value, expiresAt } = parts;
    if (this.core.now() >= expiresAt) return refused('expired');
    return { ok: true, value, expiresAt, needsResign: key.state !== 'primary' };
  }
}

function refused(reason: CookieRefusal): CookieVerdict {
  return { ok: false, reason };
}
