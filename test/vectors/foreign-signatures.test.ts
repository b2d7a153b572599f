import {
  readCookieSignature,
  readDjangoSigned,
  readItsdangerous,
  type DjangoForm,
  type ForeignVerdict,
  type ItsdangerousOptions,
} from 'nestjs-security';
import { problemOfSignature } from '../../lib/hmac/mac/verify-mac.js';
import { readVectors } from '../support/vectors.js';

interface ItsdangerousRow {
  readonly cls: 'Signer' | 'URLSafeTimedSerializer' | 'rotation';
  readonly salt: string;
  readonly keyDerivation?: NonNullable<ItsdangerousOptions['keyDerivation']>;
  readonly digest?: 'sha1' | 'sha256';
  readonly secret?: string;
  readonly value?: string;
  readonly payload?: unknown;
  readonly now?: number;
  readonly signed?: string;
}

interface TimeCheck {
  readonly name?: string;
  readonly token: string;
  readonly salt?: string;
  readonly now?: number;
  readonly maxAge?: number;
  readonly result: string;
}

const at = (seconds: number) => (): number => seconds * 1000;

describe('itsdangerous 2.2', () => {
  const { rows, checks } = readVectors<{ rows: ItsdangerousRow[]; checks: TimeCheck[] }>(
    'hmac/itsdangerous.json',
  );

  it.each(rows.filter(({ cls }) => cls === 'Signer'))(
    'reads a Signer of $keyDerivation and $digest',
    ({ signed, secret = '', salt, keyDerivation = 'none', digest = 'sha1', value }) => {
      const options = { key: secret, form: 'Signer', salt, keyDerivation, algorithm: digest } as const;
      expect(readItsdangerous(signed, options)).toEqual({ ok: true, value });
      expect(readItsdangerous(signed, { ...options, key: ['another', secret] }).ok).toBe(true);
      expect(readItsdangerous(signed, { ...options, key: 'another' }).ok).toBe(false);
      expect(readItsdangerous(signed, { ...options, salt: 'another' }).ok).toBe(
        keyDerivation === 'none',
      );
    },
  );

  it.each(rows.filter(({ cls }) => cls === 'URLSafeTimedSerializer'))(
    'reads what a URLSafeTimedSerializer made of $payload',
    ({ signed, secret = '', salt, payload, now = 0 }) => {
      const options = { key: secret, form: 'URLSafeTimedSerializer', salt, clock: at(now) } as const;
      expect(readItsdangerous(signed, options)).toEqual({
        ok: true,
        value: payload,
        signedAt: now,
      });
    },
  );

  it('reads what any key of a list signed', () => {
    const signed = ['eyJ1IjoxfQ.aVW5AA.5rg4EPAhsVSJwNDq2q_2wm75buk', 'eyJ1IjoxfQ.aVW5AA.9V9KVCJJxNvlfSn5Ik8ap2JImbQ'];
    const options = { key: ['new', 'old'], form: 'URLSafeTimedSerializer', salt: 'auth' } as const;
    expect(signed.map((each) => readItsdangerous(each, options).ok)).toEqual([true, true]);
  });

  it.each(checks)('says $result at $now $name', ({ token, salt = 'auth', now = 0, maxAge, result }) => {
    const verdict = readItsdangerous(token, {
      key: 'secret-key',
      form: 'URLSafeTimedSerializer',
      salt,
      clock: at(now),
      ...(maxAge !== undefined && { maxAgeSeconds: maxAge }),
    });
    expect(verdict.ok).toBe(result === 'ok');
    expect(reasonOf(verdict) === 'expired').toBe(result === 'SignatureExpired');
  });
});

describe('Django 3.2', () => {
  const { secret, now, rows, checks } = readVectors<{
    secret: string;
    now: number;
    rows: { api: string; value?: string; payload?: unknown; signed: string }[];
    checks: { now: number; maxAge: number; result: string }[];
  }>('hmac/django-signing.json');
  const forms: Readonly<Record<string, { form: DjangoForm; salt?: string }>> = {
    'TimestampSigner().sign': { form: 'TimestampSigner' },
    "TimestampSigner(salt='extra').sign": { form: 'TimestampSigner', salt: 'extra' },
    'signing.dumps': { form: 'dumps' },
    'signing.dumps compress': { form: 'dumps' },
    "get_cookie_signer(salt='sessionid').sign": { form: 'cookie', salt: 'sessionid' },
  };

  it.each(rows)('reads what $api signed', ({ api, signed, value, payload }) => {
    const options = { key: secret, form: 'dumps', ...forms[api] } as const;
    expect(readDjangoSigned(signed, options)).toEqual({
      ok: true,
      value: value ?? payload,
      signedAt: now,
    });
    expect(reasonOf(readDjangoSigned(signed, { ...options, salt: 'x' }))).toBe('mismatch');
    expect(reasonOf(readDjangoSigned(signed, { ...options, algorithm: 'sha1' }))).toBe('malformed');
  });

  it.each(checks)('says $result at $now', ({ now: then, maxAge, result }) => {
    const verdict = readDjangoSigned(rows[0]?.signed, {
      key: secret,
      form: 'TimestampSigner',
      maxAgeSeconds: maxAge,
      clock: at(then),
    });
    expect(verdict.ok).toBe(result === 'ok');
  });
});

describe('cookie-signature 1.2', () => {
  const { rows, bad } = readVectors<{
    rows: { lib: string; value: string; secret: string; signed: string }[];
    bad: { name: string; token: string }[];
  }>('hmac/cookies.json');

  it.each(rows.filter(({ lib }) => lib.startsWith('cookie-signature')))(
    'reads "$value"',
    ({ value, secret, signed }) => {
      expect(readCookieSignature(signed, { key: secret })).toEqual({ ok: true, value });
      expect(readCookieSignature(signed, { key: `${secret}x` }).ok).toBe(false);
    },
  );

  it.each(bad)('refuses: $name', ({ token }) => {
    expect(readCookieSignature(token, { key: 'tobiiscool' }).ok).toBe(false);
  });
});

describe('keygrip 1.1', () => {
  interface KeygripRow {
    readonly lib: string;
    readonly keysNewestFirst: string[];
    readonly algorithm: 'sha1' | 'sha256';
    readonly data: string;
    readonly sign: string;
    readonly oldSignature: string;
  }
  const { rows } = readVectors<{ rows: KeygripRow[] }>('hmac/cookies.json');

  it.each(rows.filter(({ lib }) => lib.startsWith('keygrip')))(
    'has the signatures that verify reads as base64url without a prefix, $algorithm',
    ({ keysNewestFirst, algorithm, data, sign, oldSignature }) => {
      const format = { algorithm, encoding: 'base64url', prefix: '' } as const;
      for (const signature of [sign, oldSignature]) {
        expect(problemOfSignature(keysNewestFirst, data, signature, format)).toBeUndefined();
      }
    },
  );
});

function reasonOf(verdict: ForeignVerdict<unknown>): string | undefined {
  return verdict.ok ? undefined : verdict.reason;
}
