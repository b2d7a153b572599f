import fc from 'fast-check';
import type { CookieVerdict, HmacService } from 'nestjs-security';
import { endOf } from '../support/error-code.js';
import { NOW, startHmac, type TestClock } from '../support/hmac.js';
import { testKey } from '../support/keys.js';
import { settle } from '../support/services.js';

const LIFE = { ttlSeconds: 3600 };

let hmac: HmacService;
let clock: TestClock;
beforeEach(async () => {
  ({ hmac, clock } = await startHmac());
});

function reasonOf(verdict: CookieVerdict): string {
  return verdict.ok ? 'ok' : verdict.reason;
}

describe('a signed cookie', () => {
  it('gives back its value', () => {
    const signed = hmac.signCookie('device', 'é; x="1", \\', LIFE);
    expect(hmac.unsignCookie('device', signed)).toEqual({
      ok: true,
      value: 'é; x="1", \\',
      expiresAt: NOW + 3600,
      needsResign: false,
    });
  });

  it('is any text that needs no quoting (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (value) => {
        const signed = hmac.signCookie('a', value, LIFE);
        expect(signed).toMatch(/^c1\.now\.\d+\.[\w-]*\.[\w-]{43}$/);
        expect(hmac.unsignCookie('a', signed)).toMatchObject({ ok: true, value });
      }),
    );
  });

  it('holds for its name only', () => {
    const signed = hmac.signCookie('theme', 'dark', LIFE);
    expect(reasonOf(hmac.unsignCookie('role', signed))).toBe('mismatch');
    expect(reasonOf(hmac.unsignCookie('Theme', signed))).toBe('mismatch');
  });

  it('expires', () => {
    const signed = hmac.signCookie('a', 'x', { ttlSeconds: 1 });
    expect(reasonOf(hmac.unsignCookie('a', signed))).toBe('ok');
    clock.seconds = NOW + 1;
    expect(reasonOf(hmac.unsignCookie('a', signed))).toBe('expired');
    expect(reasonOf(hmac.unsignCookie('a', signed.replace(/.$/, 'A')))).not.toBe('expired');
  });

  it('asks to be set anew after a rotation, and ends with its key', async () => {
    const signed = hmac.signCookie('a', 'x', LIFE);
    const rotated = await startHmac({ keys: [testKey('next'), testKey('now')] });
    expect(rotated.hmac.unsignCookie('a', signed)).toMatchObject({ ok: true, needsResign: true });
    const revoking = await startHmac({
      keys: [
        { ...testKey('next'), state: 'primary' },
        { ...testKey('now'), state: 'revoked' },
      ],
    });
    expect(reasonOf(revoking.hmac.unsignCookie('a', signed))).toBe('revoked-key');
    const foreign = await startHmac({ keys: [testKey('other')] });
    expect(reasonOf(foreign.hmac.unsignCookie('a', signed))).toBe('unknown-key');
  });

  it.each<[string, string, (signed: string) => unknown]>([
    ['absent', 'missing', () => undefined],
    ['empty', 'missing', () => ''],
    ['a list', 'malformed', (signed) => [signed]],
    ['plain', 'malformed', () => 'dark'],
    ['a part short', 'malformed', (signed) => signed.slice(0, signed.lastIndexOf('.'))],
    ['of another version', 'malformed', (signed) => signed.replace('c1', 'c2')],
    [
      'with a later expiry',
      'mismatch',
      (signed) => signed.replace(`${NOW + 3600}`, `${NOW + 3601}`),
    ],
    [
      'with an expiry spelt otherwise',
      'malformed',
      (signed) => signed.replace(`${NOW}`.slice(0, 2), '017'),
    ],
    ['with another value', 'mismatch', (signed) => signed.replace('ZGFyaw', 'bGlnaHQ')],
    ['with a value that is no UTF-8', 'malformed', (signed) => signed.replace('ZGFyaw', '_w')],
    [
      'with a value that is spelt otherwise',
      'malformed',
      (signed) => signed.replace('ZGFyaw', 'ZGFyax'),
    ],
    ['quoted', 'malformed', (signed) => `"${signed}"`],
    ['with a line end', 'malformed', (signed) => `${signed}\n`],
    ['longer than any cookie', 'malformed', (signed) => signed.replace('ZGFyaw', 'A'.repeat(4096))],
  ])('is refused when it is %s', (_, reason, change) => {
    const signed = hmac.signCookie('theme', 'dark', LIFE);
    expect(reasonOf(hmac.unsignCookie('theme', change(signed)))).toBe(reason);
  });

  it('is refused with any one character changed (property)', () => {
    const signed = hmac.signCookie('theme', 'dark', LIFE);
    fc.assert(
      fc.property(fc.nat(signed.length - 1), fc.string({ maxLength: 2 }), (at, other) => {
        const text = signed.slice(0, at) + other + signed.slice(at + 1);
        return hmac.unsignCookie('theme', text).ok === (text === signed);
      }),
    );
    fc.assert(fc.property(fc.anything(), (value) => !hmac.unsignCookie('theme', value).ok));
  });

  it('is reported when it is refused, unless it is merely missing', async () => {
    const started = await startHmac();
    started.hmac.unsignCookie('theme', undefined);
    started.hmac.unsignCookie('theme', 'forged');
    await settle();
    expect(started.log.recordsOf('signature_refused')).toMatchObject([
      { reason: 'malformed', target: { type: 'hmac', id: 'cookie' } },
    ]);
  });

  it.each(['', 'a b', 'a=b', 'a;b', 'ä', 'a\n', '"a"', 'x'.repeat(129), undefined])(
    'cannot be called %p',
    (name) => {
      expect(() => hmac.signCookie(name as string, 'x', LIFE)).toThrow(TypeError);
      expect(() => hmac.unsignCookie(name as string, 'x')).toThrow(TypeError);
    },
  );

  it.each([
    [5, LIFE],
    ['\ud800', LIFE],
    ['x', {}],
    ['x', { ttlSeconds: 0 }],
    ['x', { ttlSeconds: 11 * 365 * 86_400 }],
    ['x', { ...LIFE, maxAge: 5 }],
  ])('is not made of %p with %p', (value, options) => {
    expect(() => hmac.signCookie('a', value as string, options as typeof LIFE)).toThrow(TypeError);
  });

  it('is not made when browsers would drop it', () => {
    expect(endOf(() => hmac.signCookie('a', 'x'.repeat(3100), LIFE))).toBe('MAC_COOKIE_TOO_LARGE');
    expect(endOf(() => hmac.signCookie('a', 'x'.repeat(2900), LIFE))).toBe('done');
  });
});
