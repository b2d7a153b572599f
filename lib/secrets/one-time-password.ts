import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Secret } from '../common/secret.js';
import { SecretsError } from '../errors/secrets.error.js';
import type { OneTimePasswordAlgorithm } from './totp.options.js';

type OtpauthModule = typeof import('otpauth');
type OtpauthSecret = InstanceType<OtpauthModule['Secret']>;

/** RFC 4226, section 4, R6: 160 bits are recommended. */
const KEY_BYTES = 20;
/** 80 bits, as Google Authenticator and others made them, so that existing users need not enrol again. */
const MIN_KEY_BYTES = 10;
const MAX_KEY_CHARACTERS = 1024;

/** What a code is computed with, its counter aside. */
export interface OneTimePasswordParameters {
  readonly algorithm: OneTimePasswordAlgorithm;
  readonly digits: number;
}

/** A library and a key that it understands. */
export interface OneTimePasswordKey {
  readonly otpauth: OtpauthModule;
  readonly key: OtpauthSecret;
}

/** Makes a key of 160 random bits, as 32 characters of base32 (RFC 4648 §6) without padding. */
export async function generateKey(): Promise<Secret> {
  const otpauth = await loadOtpauth();
  // A copy: the buffer under small random bytes is a shared pool.
  const { buffer } = Uint8Array.from(randomBytes(KEY_BYTES));
  return Secret.of(new otpauth.Secret({ buffer }).base32);
}

/**
 * Decodes a stored key.
 *
 * @throws TypeError when it is neither text nor a Secret of text: nobody has enrolled
 * @throws SecretsError `SECRET_TOTP_KEY_UNFIT` when it is not upper-case base32 without padding, or has
 * fewer than 80 bits
 */
export async function decodeKey(secret: string | Secret): Promise<OneTimePasswordKey> {
  const text: unknown = secret instanceof Secret ? secret.reveal() : secret;
  if (typeof text !== 'string') throw new TypeError('the secret must be a text or a Secret');
  if (!/^[A-Z2-7]+$/.test(text) || text.length > MAX_KEY_CHARACTERS) throw unfitKey();
  const otpauth = await loadOtpauth();
  const key = otpauth.Secret.fromBase32(text);
  // Spare bits and lengths that base32 does not have show when it is encoded again.
  if (key.bytes.length < MIN_KEY_BYTES || key.base32 !== text) throw unfitKey();
  return { otpauth, key };
}

/** The code of a counter (RFC 4226). */
export function computeCode(
  { otpauth, key }: OneTimePasswordKey,
  { algorithm, digits }: OneTimePasswordParameters,
  counter: number,
): string {
  return otpauth.HOTP.generate({ secret: key, algorithm, digits, counter });
}

/**
 * The counters from `first` to `last` whose code this is. All are computed and compared in constant time,
 * whatever the others gave.
 */
export function matchingCounters(
  key: OneTimePasswordKey,
  parameters: OneTimePasswordParameters,
  code: string,
  [first, last]: readonly [first: number, last: number],
): number[] {
  const received = Buffer.from(code);
  const matching: number[] = [];
  for (let counter = first; counter <= last; counter += 1) {
    const expected = Buffer.from(computeCode(key, parameters, counter));
    if (timingSafeEqual(received, expected)) matching.push(counter);
  }
  return matching;
}

/** Tells whether something is so many ASCII digits, and nothing else. */
export function isCode(code: unknown, digits: number): code is string {
  return typeof code === 'string' && code.length === digits && /^[0-9]+$/.test(code);
}

async function loadOtpauth(): Promise<OtpauthModule> {
  return import('otpauth');
}

function unfitKey(): SecretsError {
  const message =
    'the secret of a one-time password must be at least 80 bits of upper-case base32 without padding';
  return new SecretsError('SECRET_TOTP_KEY_UNFIT', message);
}
