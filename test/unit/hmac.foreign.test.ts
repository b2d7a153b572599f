import { sign } from 'cookie-signature';
import fc from 'fast-check';
import Keygrip from 'keygrip';
import {
  readCookieSignature,
  readDjangoSigned,
  readItsdangerous,
  Secret,
  type ForeignVerdict,
} from 'nestjs-security';
import { createHmac } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { deriveForeignKey } from '../../lib/hmac/foreign/foreign-key.js';
import { startHmac } from '../support/hmac.js';

const KEY = 'the secret key of another program';

/** Signs as a URLSafeTimedSerializer would, whatever the payload is. */
function serialized(payload: string, stamp = 'aVW5AA'): string {
  const key = deriveForeignKey(KEY, 'itsdangerous', 'django-concat', 'sha1');
  const text = `${payload}.${stamp}`;
  return `${text}.${createHmac('sha1', key).update(text).digest('base64url')}`;
}

const readSerialized = (signed: unknown): ForeignVerdict<unknown> =>
  readItsdangerous(signed, { key: KEY, form: 'URLSafeTimedSerializer' });
const readDjango = (signed: unknown): ForeignVerdict<unknown> =>
  readDjangoSigned(signed, { key: KEY, form: 'dumps' });
const readCookie = (signed: unknown): ForeignVerdict<unknown> =>
  readCookieSignature(signed, { key: KEY });

describe('readers of what other programs signed', () => {
  it.each([readSerialized, readDjango, readCookie])(
    'refuse whatever is not genuine, and never throw (property)',
    (read) => {
      const likely = fc.string({
        unit: fc.constantFrom('.', ':', 'a', 'A', '1', '=', '\0', 'é'),
        maxLength: 80,
      });
      fc.assert(
        fc.property(fc.oneof(fc.anything(), fc.string(), likely), (signed) => !read(signed).ok),
      );
    },
  );

  it.each([
    [undefined, 'missing'],
    ['', 'missing'],
    ['x'.repeat(9000), 'malformed'],
    [5, 'malformed'],
    [`\ud800.${'A'.repeat(43)}`, 'malformed'],
  ])('refuse %p as %s', (signed, reason) => {
    expect(readCookie(signed)).toEqual({ ok: false, reason });
  });

  it.each([readItsdangerous, readDjangoSigned, readCookieSignature])(
    'need a key that can be one',
    (read) => {
      for (const key of ['', undefined, [], '[redacted]', 5, [KEY, '']]) {
        expect(() => read('x', { key, form: 'Signer' } as never)).toThrow(TypeError);
      }
    },
  );

  it('refuse options that they do not know', () => {
    const refused: [object, string][] = [
      [{ form: 'Timed' }, 'form must be one of'],
      [{}, 'form must be one of'],
      [{ form: 'Signer', keyDerivation: 'x' }, 'keyDerivation must be one of'],
      [{ form: 'Signer', algorithm: 'md5' }, 'algorithm must be one of'],
      [{ form: 'Signer', salt: 5 }, 'salt must be'],
      [{ form: 'Signer', maxAgeSeconds: -1 }, 'maxAgeSeconds must be'],
      [{ form: 'Signer', maxAgeSeconds: 60 }, 'Signer signs no time'],
      [{ form: 'URLSafeSerializer', maxAgeSeconds: 60 }, 'signs no time'],
      [{ form: 'Signer', maxAge: 5 }, 'has no option "maxAge"'],
    ];
    for (const [options, message] of refused) {
      expect(() => readItsdangerous('x', { key: KEY, ...options } as never)).toThrow(message);
    }
    const untimed = { key: KEY, form: 'Signer', maxAgeSeconds: 60 } as const;
    expect(() => readDjangoSigned('x', untimed)).toThrow('signs no time');
    expect(() => readDjangoSigned('x', { key: KEY, form: 'constructor' } as never)).toThrow(
      TypeError,
    );
    expect(() => readCookieSignature('x', { key: KEY, name: 'a' } as never)).toThrow(TypeError);
  });

  it('take the key as a Secret', () => {
    expect(readCookieSignature(sign('x', KEY), { key: Secret.of(KEY) }).ok).toBe(true);
  });

  it('refuse a payload that unfolds into more than 64 KiB', () => {
    const fits = `.${deflateSync(JSON.stringify('x'.repeat(65_000))).toString('base64url')}`;
    const bomb = `.${deflateSync(JSON.stringify('x'.repeat(4_000_000))).toString('base64url')}`;
    expect(bomb.length).toBeLessThan(8000);
    expect(readSerialized(serialized(fits)).ok).toBe(true);
    expect(readSerialized(serialized(bomb))).toEqual({ ok: false, reason: 'malformed' });
  });

  it.each([
    ['no base64url', '***'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('base64url')],
    ['nothing that zlib unfolds', '.AAAA'],
    ['nothing', ''],
  ])('refuse a genuine payload that is %s', (_, payload) => {
    expect(readSerialized(serialized(payload))).toEqual({ ok: false, reason: 'malformed' });
  });

  it.each(['', 'A', 'AAAAAAAAAA', '!'])('refuse the time %j', (stamp) => {
    expect(readSerialized(serialized('MQ', stamp))).toEqual({ ok: false, reason: 'malformed' });
  });
});

describe('cookie-signature', () => {
  it('is read, of any text (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        expect(readCookie(sign(value, KEY))).toEqual({ ok: true, value });
      }),
    );
  });
});

describe('keygrip', () => {
  it('is verified with base64url and no prefix', async () => {
    const { hmac } = await startHmac();
    const keys = ['the newer key of the two', 'the older key of the two'];
    for (const algorithm of ['sha1', 'sha256'] as const) {
      const signature = new Keygrip(keys.slice(1), algorithm).sign('user=1');
      const options = { key: keys, algorithm, encoding: 'base64url', prefix: '' } as const;
      expect(hmac.verify('user=1', signature, options)).toBe(true);
      expect(hmac.verify('user=2', signature, options)).toBe(false);
    }
  });
});
