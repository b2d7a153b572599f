import fc from 'fast-check';
import { EncryptionError, inspectToken, type EncryptionService } from 'nestjs-security';
import { endOf } from '../support/error-code.js';
import { fernetKey, startEncryption } from '../support/encryption.js';
import { forgeToken } from '../support/forge-token.js';

const NOW = 1_700_000_000;
const KEY = fernetKey('now');

let encryption: EncryptionService;
beforeAll(async () => {
  ({ encryption } = await startEncryption({ keys: [KEY], clock: () => NOW * 1000 + 999 }));
});

describe('a time of your own', () => {
  it.each([0, 1, NOW, 2 ** 32, Number.MAX_SAFE_INTEGER])('stamps a token with %p', (seconds) => {
    expect(encryption.extractTimestamp(encryption.encryptAtTime('x', seconds))).toBe(seconds);
  });

  it('judges the age of a token', () => {
    const token = encryption.encryptAtTime('x', NOW);
    expect(encryption.decryptAtTime(token, 10, NOW + 10).toString()).toBe('x');
    expect(endOf(() => encryption.decryptAtTime(token, 10, NOW + 11))).toBe('ENC_TOKEN_EXPIRED');
    expect(endOf(() => encryption.decryptAtTime(token, 10, NOW - 60))).toBe('done');
    expect(endOf(() => encryption.decryptAtTime(token, 10, NOW - 61))).toBe('ENC_TOKEN_INVALID');
    expect(endOf(() => encryption.decryptAtTime(token, 0, NOW))).toBe('done');
  });

  it('takes a context as every verb does', () => {
    const token = encryption.encryptAtTime('x', NOW, { context: 'a' });
    expect(encryption.decryptAtTime(token, 0, NOW, { context: 'a' }).toString()).toBe('x');
    expect(endOf(() => encryption.decryptAtTime(token, 0, NOW))).toBe('ENC_TOKEN_INVALID');
  });

  it.each([-1, 1.5, NaN, Infinity, 2 ** 53, '60', undefined, null, 1n])(
    'is never %p',
    (seconds) => {
      const time = seconds as number;
      const token = encryption.encrypt('x');
      expect(endOf(() => encryption.encryptAtTime('x', time))).toBe('RangeError');
      expect(endOf(() => encryption.decryptAtTime(token, time, NOW))).toBe('RangeError');
      expect(endOf(() => encryption.decryptAtTime(token, 60, time))).toBe('RangeError');
    },
  );

  it('is no option of the call beside it', () => {
    const token = encryption.encrypt('x');
    const options = { ttlSeconds: 1 } as object;
    expect(endOf(() => encryption.decryptAtTime(token, 1, NOW, options))).toBe('TypeError');
  });
});

describe('extractTimestamp', () => {
  it('gives the second in which a token was made', () => {
    expect(encryption.extractTimestamp(encryption.encrypt('x'))).toBe(NOW);
    expect(encryption.extractTimestamp(encryption.seal('x'))).toBe(NOW);
  });

  it('gives none of a token that is not genuine', () => {
    const token = forgeToken(KEY, { signing: Buffer.alloc(16, 1) });
    expect(endOf(() => encryption.extractTimestamp(token))).toBe('ENC_TOKEN_INVALID');
    const other = encryption.encrypt('x', { context: 'a' });
    expect(endOf(() => encryption.extractTimestamp(other))).toBe('ENC_TOKEN_INVALID');
  });
});

describe('inspect', () => {
  it('tells what a token shows to everybody', () => {
    const facts = { version: 128, createdAt: NOW, minPlaintextBytes: 16, maxPlaintextBytes: 31 };
    expect(encryption.inspect(encryption.encrypt('x'.repeat(16)))).toEqual(facts);
    expect(encryption.inspect(encryption.encrypt('x'.repeat(31)))).toEqual(facts);
    const sealed = encryption.seal('x'.repeat(20));
    expect(inspectToken(sealed)).toEqual({ ...facts, keyId: expect.stringMatching(/^[\w-]{8}$/) });
  });

  it('needs no key, and says so of a forged token', () => {
    const token = forgeToken(KEY, { time: 5n, signing: Buffer.alloc(16, 1) });
    expect(inspectToken(token).createdAt).toBe(5);
  });

  it.each<[string, unknown]>([
    ['no text', 5],
    ['nothing', undefined],
    ['an empty text', ''],
    ['a token of another version', forgeToken(KEY, { version: 0x81 })],
    ['a token without a block', forgeToken(KEY, { blocks: Buffer.alloc(0) })],
    ['a stored form without a token', 'f1.now.'],
    ['a token with a line end', `${forgeToken(KEY)}\n`],
  ])('tells nothing of %s', (_, value) => {
    expect(endOf(() => inspectToken(value))).toBe('ENC_TOKEN_INVALID');
  });

  it('never fails otherwise (property)', () => {
    const values = fc.oneof(fc.anything(), fc.base64String(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(values, (value) => {
        try {
          inspectToken(value);
          return true;
        } catch (error) {
          return error instanceof EncryptionError;
        }
      }),
    );
  });
});
