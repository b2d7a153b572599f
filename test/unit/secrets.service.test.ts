import fc from 'fast-check';
import { createHash } from 'node:crypto';
import {
  PASSWORD_CHARACTERS,
  recoveryCodeDigest,
  SecretsService,
  type TokenOptions,
} from 'nestjs-security';
import { countDraws, unevenness } from '../support/chi-square.js';

const PRINTABLE = Object.values(PASSWORD_CHARACTERS).join('');

const secrets = new SecretsService();

describe('SecretsService', () => {
  it('makes 256-bit tokens by default', () => {
    expect(secrets.tokenUrlsafe()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(secrets.tokenHex()).toMatch(/^[0-9a-f]{64}$/);
    expect(secrets.tokenBytes()).toHaveLength(32);
  });

  it('makes tokens of the size asked for', () => {
    expect(secrets.tokenUrlsafe(16)).toHaveLength(22);
    expect(secrets.tokenHex(16)).toHaveLength(32);
    expect(secrets.tokenBytes(0)).toHaveLength(0);
  });

  it('never repeats one', () => {
    const tokens = Array.from({ length: 10_000 }, () => secrets.tokenHex(16));
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it.each([-1, 1.5, NaN, Infinity, 2 ** 31, 2 ** 20 + 1])('refuses %p bytes', (bytes) => {
    expect(() => secrets.tokenBytes(bytes)).toThrow(RangeError);
    expect(() => secrets.tokenHex(bytes)).toThrow(RangeError);
    expect(() => secrets.tokenUrlsafe(bytes)).toThrow(RangeError);
  });

  it.each(['32', null, {}, 32n])('refuses the size %p, which is no number', (bytes) => {
    expect(() => secrets.tokenBytes(bytes as number)).toThrow(TypeError);
  });
});

describe('token', () => {
  it.each([
    ['base58', 44, /^[1-9A-HJ-NP-Za-km-z]+$/],
    ['base62', 43, /^[0-9A-Za-z]+$/],
    ['crockford32', 52, /^[0-9A-HJKMNP-TV-Z]+$/],
    ['01', 256, /^[01]+$/],
    ['🍎🍐🍊🍋', 128, /^[🍎🍐🍊🍋]+$/u],
  ])('has 256 bits in %p, which is %p characters', (alphabet, length, form) => {
    const token = secrets.token({ alphabet });
    expect(Array.from(token)).toHaveLength(length);
    expect(token).toMatch(form);
  });

  it('is in base58 by default', () => {
    expect(secrets.token()).toMatch(/^[1-9A-HJ-NP-Za-km-z]{44}$/);
  });

  it('has the fewest characters that hold the bits, for any alphabet', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 2, max: 94 }),
        (bits, size) => {
          const alphabet = PRINTABLE.slice(0, size);
          const length = BigInt(secrets.token({ bits, alphabet }).length);
          expect(BigInt(size) ** length >= 2n ** BigInt(bits)).toBe(true);
          expect(BigInt(size) ** (length - 1n) < 2n ** BigInt(bits)).toBe(true);
        },
      ),
    );
  });

  it('draws every character with the same probability', () => {
    const drawn = Array.from(secrets.token({ bits: 60_000, alphabet: 'abcdefghijk' }));
    const iterator = drawn.values();
    const draw = () => 'abcdefghijk'.indexOf(iterator.next().value ?? '-');
    expect(unevenness(countDraws(11, drawn.length, draw))).toBeLessThan(1);
  });

  it.each(['', 'a', '🍎', 'abca', '🍎🍐🍎', 'ab\ud800', 'base64', 'base36', 'hex', 'Base58'])(
    'refuses the alphabet %p',
    (alphabet) => {
      const unfit = expect.objectContaining({ code: 'SECRET_ALPHABET_UNFIT' });
      expect(() => secrets.token({ alphabet })).toThrow(unfit);
    },
  );

  it.each([0, -1, 1.5, NaN, 65_537])('refuses %p bits', (bits) => {
    expect(() => secrets.token({ bits })).toThrow(RangeError);
  });

  it.each([{ bits: '128' }, { alphabet: ['a', 'b'] }, { alphabet: null }])(
    'refuses %j, which has a wrong type',
    (options) => {
      expect(() => secrets.token(options as unknown as TokenOptions)).toThrow(TypeError);
    },
  );
});

describe('otp', () => {
  it.each([4, 6, 8, 10])('has %p digits, leading zeros included', (digits) => {
    const codes = Array.from({ length: 300 }, () => secrets.otp(digits));
    expect(codes.filter((code) => !/^\d+$/.test(code) || code.length !== digits)).toEqual([]);
    expect(codes.some((code) => code.startsWith('0'))).toBe(true);
  });

  it('has six digits by default, each code with the same probability', () => {
    expect(secrets.otp()).toMatch(/^\d{6}$/);
    const counts = countDraws(10_000, 100_000, () => Number(secrets.otp(4)));
    expect(unevenness(counts)).toBeLessThan(1);
  });

  it.each([0, 3, 11, 6.5, NaN])('refuses %p digits', (digits) => {
    expect(() => secrets.otp(digits)).toThrow(RangeError);
  });

  it('refuses a number of digits that is text', () => {
    expect(() => secrets.otp('6' as unknown as number)).toThrow(TypeError);
  });
});

describe('recoveryCodes', () => {
  it('gives ten different codes that people can copy', () => {
    const codes = secrets.recoveryCodes();
    expect(new Set(codes.map(({ code }) => code)).size).toBe(10);
    const form = /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){5}$/;
    expect(codes.filter(({ code }) => !form.test(code))).toEqual([]);
    expect(secrets.recoveryCodes({ count: 3 })).toHaveLength(3);
  });

  it('gives with each the SHA-256 of its characters', () => {
    const [{ code, digest } = { code: '', digest: '' }] = secrets.recoveryCodes({ count: 1 });
    const bare = code.replaceAll('-', '');
    expect(digest).toBe(createHash('sha256').update(bare).digest('hex'));
  });

  it('recognises a code as people type it', () => {
    const digest = recoveryCodeDigest('0123-4567-89AB-CDEF-GHJK-MNPQ');
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    for (const typed of [
      '0123456789ABCDEFGHJKMNPQ',
      ' 0123 4567 89ab cdef ghjk mnpq\n',
      'oi23-4567-89ab-cdef-ghjk-mnpq',
      'OL23-4567-89AB-CDEF-GHJK-MNPQ',
    ]) {
      expect(recoveryCodeDigest(typed)).toBe(digest);
    }
    expect(recoveryCodeDigest('0123-4567-89AB-CDEF-GHJK-MNPR')).not.toBe(digest);
  });

  it.each([undefined, null, 5, '', '0123', 'U'.repeat(24), '0'.repeat(25), '0'.repeat(1_000_000)])(
    'knows no code in %p',
    (typed) => {
      expect(recoveryCodeDigest(typed)).toBeUndefined();
    },
  );

  it.each([0, -1, 101, 1.5, NaN])('refuses to make %p', (count) => {
    expect(() => secrets.recoveryCodes({ count })).toThrow(RangeError);
  });
});

describe('a misspelt option', () => {
  it.each<[string, () => unknown]>([
    [
      'token has no option "bit". Did you mean "bits"?',
      () => secrets.token({ bit: 512 } as object),
    ],
    [
      'passphrase has no option "word". Did you mean "words"?',
      () => secrets.passphrase({ word: 9 } as object),
    ],
    [
      'recoveryCodes has no option "cuont". Did you mean "count"?',
      () => secrets.recoveryCodes({ cuont: 3 } as object),
    ],
  ])('is refused: %s', (message, call) => {
    expect(call).toThrow(new TypeError(message));
  });
});
