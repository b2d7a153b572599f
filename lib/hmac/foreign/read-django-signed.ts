import type { Clock } from '../../common/clock.js';
import { decodeBase64Url } from '../../common/encoding.js';
import { readClock } from '../../common/read-clock.js';
import { foreignKeysOf, type MacKey } from '../mac/mac-key.js';
import { bytesOf, deriveForeignKey, type ForeignHash } from './foreign-key.js';
import { checkForeignOptions } from './foreign-options.js';
import { parseForeignPayload } from './foreign-payload.js';
import { openForeign, splitLast } from './foreign-text.js';
import { refusedForeign, type ForeignVerdict } from './foreign-verdict.js';

/** What of `django.core.signing` signed: `cookie` is `get_cookie_signer`, as in `set_signed_cookie`. */
export type DjangoForm = 'Signer' | 'TimestampSigner' | 'dumps' | 'cookie';

/** How a value of Django was signed. */
export interface DjangoSignedOptions {
  /** `SECRET_KEY`, and the fallbacks in a list: any may have signed. Short ones are accepted. */
  key: MacKey | readonly MacKey[];
  /** What signed. */
  form: DjangoForm;
  /**
   * The salt. For `set_signed_cookie(name, value, salt)` it is name and salt put together; for sessions kept in
   * cookies, read as `dumps`, `django.contrib.sessions.backends.signed_cookies`.
   *
   * @default that of Django for the form
   */
  salt?: string;
  /**
   * The hash of key and signature; `sha1` for what Django signed before 3.1.
   *
   * @default 'sha256'
   */
  algorithm?: ForeignHash;
  /**
   * The age in whole seconds up to which a timed value is accepted, as `max_age`. Like Django, this accepts a
   * time in the future. Not for `Signer`, which signs no time.
   *
   * @default no limit
   */
  maxAgeSeconds?: number;
  /**
   * Tells the time in milliseconds.
   *
   * @default Date.now
   */
  clock?: Clock;
}

const DEFAULT_SALTS: Readonly<Record<DjangoForm, string>> = Object.freeze({
  Signer: 'django.core.signing.Signer',
  TimestampSigner: 'django.core.signing.TimestampSigner',
  dumps: 'django.core.signing',
  cookie: 'django.core.signing.get_cookie_signer',
});
const COOKIE_KEY_PREFIX = Buffer.from('django.http.cookies');
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const STAMP = /^[0-9A-Za-z]{1,8}$/;

/**
 * Reads a value that Django signed, such as a signed cookie, while an application moves here. The MAC is
 * verified first, in constant time; then the time, and the JSON of `dumps`.
 *
 * @param signed anything at all, up to 8,192 characters
 * @returns as `value` the text that was signed, or for `dumps` what its JSON says: check it
 * @throws TypeError for an option that is missing, unknown or has another value than it may have
 * @example
 * readDjangoSigned(cookie, { key: secretKey, form: 'cookie', salt: 'theme', maxAgeSeconds: 86_400 });
 */
export function readDjangoSigned(
  signed: unknown,
  options: DjangoSignedOptions,
): ForeignVerdict<unknown> {
  checkForeignOptions(options, { form: Object.keys(DEFAULT_SALTS) }, ['Signer']);
  const { form, algorithm = 'sha256', salt = DEFAULT_SALTS[form] } = options;
  const keys = foreignKeysOf(options.key).map((secret) => {
    const prefix = form === 'cookie' ? COOKIE_KEY_PREFIX : Buffer.alloc(0);
    const bytes = Buffer.concat([prefix, bytesOf(secret)]);
    return deriveForeignKey(bytes, salt, 'django-concat', algorithm);
  });
  const opened = openForeign(signed, keys, { separator: ':', algorithm, decode: decodeBase64Url });
  if (!opened.ok) return opened;
  const timed = form === 'Signer' ? opened : judgeTime(opened.value, options);
  if (!timed.ok || form !== 'dumps') return timed;
  const payload = parseForeignPayload(timed.value);
  return payload ? { ...timed, ...payload } : refusedForeign('malformed');
}

/** The time is a number in base 62. */
function judgeTime(
  text: string,
  { maxAgeSeconds = Infinity, clock = Date.now }: DjangoSignedOptions,
): ForeignVerdict<string> {
  const [value, stamp = ''] = splitLast(text, ':') ?? [];
  if (value === undefined || !STAMP.test(stamp)) return refusedForeign('malformed');
  const signedAt = Array.from(stamp).reduce((sum, digit) => sum * 62 + BASE62.indexOf(digit), 0);
  return readClock(clock) / 1000 - signedAt > maxAgeSeconds
    ? refusedForeign('expired')
    : { ok: true, value, signedAt };
}
