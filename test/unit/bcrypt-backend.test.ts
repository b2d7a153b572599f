import fc from 'fast-check';
import { loadBcrypt, loadBcryptJs } from '../../lib/password/backend/bcrypt-backend.js';
import {
  decodeBcryptDigest,
  decodeBcryptSalt,
  encodeBcryptBase64,
} from '../../lib/password/stored/bcrypt-base64.js';
import { parseBcrypt } from '../../lib/password/stored/bcrypt.format.js';

const COST = 4;

describe('the two packages of bcrypt', () => {
  it('give the same for any text, short or long, with zero bytes or without', async () => {
    const [native, script] = [await loadBcrypt(), await loadBcryptJs()];
    expect([native.name, script.name]).toEqual(['@node-rs/bcrypt', 'bcryptjs']);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 100 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        async (text, salt) => {
          const [password, bytes] = [Buffer.from(text, 'utf8'), Buffer.from(salt)];
          const [one = '', other = ''] = await Promise.all(
            [native, script].map(({ hash }) => hash(password, COST, bytes)),
          );
          expect(one.slice(4)).toBe(other.slice(4));
          expect(parseBcrypt(other)?.salt).toEqual(bytes);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("bcrypt's own base64", () => {
  it('is read back as it was written', () => {
    const bytesOf = (length: number) =>
      fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(bytesOf(16), bytesOf(23), (salt, digest) => {
        expect(decodeBcryptSalt(encodeBcryptBase64(salt))).toEqual(salt);
        expect(decodeBcryptDigest(encodeBcryptBase64(digest))).toEqual(digest);
      }),
    );
  });

  it.each(['', 'a'.repeat(21), 'a'.repeat(23), `${'a'.repeat(21)}=`, `${'a'.repeat(21)}\u0141`])(
    'does not take %j for a salt',
    (text) => {
      expect(decodeBcryptSalt(text)).toBeUndefined();
    },
  );
});
