import type { Clock } from '../../common/clock.js';
import { decodeBase64Url } from '../../common/encoding.js';
import { readClock } from '../../common/read-clock.js';
import { foreignKeysOf, type MacKey } from '../mac/mac-key.js';
import {
  deriveForeignKey,
  type ForeignHash,
  type ItsdangerousKeyDerivation,
} from './foreign-key.js';
import { checkForeignOptions } from './foreign-options.js';
import { parseForeignPayload } from './foreign-payload.js';
import { openForeign, splitLast } from './foreign-text.js';
import { refusedForeign, type ForeignVerdict } from './foreign-verdict.js';

/** The classes of itsdangerous whose values are read. */
export type ItsdangerousForm =
  'Signer' | 'TimestampSigner' | 'URLSafeSerializer' | 'URLSafeTimedSerializer';

/** How a value of itsdangerous was signed. */
export interface ItsdangerousOptions {
  /** The secret key as the Python program has it; of a list, any may have signed. Short ones are accepted. */
  key: MacKey | readonly MacKey[];
  /** The class that signed. */
  form: ItsdangerousForm;
  /**
   * The salt of that class; `cookie-session` for Flask's sessions.
   *
   * @default that of itsdangerous: `itsdangerous.Signer` for the signers, `itsdangerous` for the serializers
   */
  salt?: string;
  /**
   * How the key was derived; `hmac` for Flask's sessions.
   *
   * @default 'django-concat'
   */
  keyDerivation?: ItsdangerousKeyDerivation;
  /**
   * The hash of key and signature.
   *
   * @default 'sha1'
   */
  algorithm?: ForeignHash;
  /**
   * The age in whole seconds up to which a timed value is accepted, as `max_age`; one from the future is then
   * refused as expired, too. Not for the forms that sign no time.
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

const FORMS: readonly ItsdangerousForm[] = [
  'Signer',
  'TimestampSigner',
  'URLSafeSerializer',
  'URLSafeTimedSerializer',
];
const UNTIMED: readonly ItsdangerousForm[] = ['Signer', 'URLSafeSerializer'];
const DERIVATIONS: readonly ItsdangerousKeyDerivation[] = [
  'django-concat',
  'concat',
  'hmac',
  'none',
];

/**
 * Reads a value that Python's itsdangerous 2 signed, such as a cookie of Flask, while an application moves here.
 * The MAC is verified first, in constant time; then the time, and the JSON of the serializers.
 *
 * @param signed anything at all, up to 8,192 characters
 * @returns as `value` the text of the signers, or what the JSON of the serializers says: check it
 * @throws TypeError for an option that is missing, unknown or has another value than it may have
 * @example
 * readItsdangerous(cookie, { key: secretKey, form: 'URLSafeTimedSerializer', salt: 'auth', maxAgeSeconds: 3600 });
 */
export function readItsdangerous(
  signed: unknown,
  options: ItsdangerousOptions,
): ForeignVerdict<unknown> {
  checkForeignOptions(options, { form: FORMS, keyDerivation: DERIVATIONS }, UNTIMED);
  const { form, keyDerivation = 'django-concat', algorithm = 'sha1' } = options;
  const isTimed = !UNTIMED.includes(form);
  const isSerialized = form === 'URLSafeSerializer' || form === 'URLSafeTimedSerializer';
  const { salt = isSerialized ? 'itsdangerous' : 'itsdangerous.Signer' } = options;
  const keys = foreignKeysOf(options.key).map((secret) =>
    deriveForeignKey(secret, salt, keyDerivation, algorithm),
  );
  const opened = openForeign(signed, keys, { separator: '.', algorithm, decode: decodeBase64Url });
  if (!opened.ok) return opened;
  const timed = isTimed ? judgeTime(opened.value, options) : opened;
  if (!timed.ok || !isSerialized) return timed;
  const payload = parseForeignPayload(timed.value);
  return payload ? { ...timed, ...payload } : refusedForeign('malformed');
}

/** The time is the base64url of a big-endian number, without leading zero bytes. */
function judgeTime(
  text: string,
  { maxAgeSeconds = Infinity, clock = Date.now }: ItsdangerousOptions,
): ForeignVerdict<string> {
  const [value, stamp] = splitLast(text, '.') ?? [];
  const bytes = stamp === undefined ? undefined : decodeBase64Url(stamp);
  if (value === undefined || !bytes || bytes.length < 1 || bytes.length > 6) {
    return refusedForeign('malformed');
  }
  const signedAt = bytes.readUIntBE(0, bytes.length);
  const age = Math.floor(readClock(clock) / 1000) - signedAt;
  const isOver = age > maxAgeSeconds || (age < 0 && maxAgeSeconds !== Infinity);
  return isOver ? refusedForeign('expired') : { ok: true, value, signedAt };
}
