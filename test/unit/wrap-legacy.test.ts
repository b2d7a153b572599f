import { hash as digestOf } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { hashWithArgon2 } from '../../lib/password/backend/argon2-hash.js';
import { formatArgon2 } from '../../lib/password/stored/argon2-phc.js';
import type { LegacyAlgorithm } from '../../lib/password/stored/legacy-digest.js';
import { wrapLegacy, type LegacyDigest } from '../../lib/password/wrap-legacy.js';
import { readForeign, verifyForeign } from '../support/stored-formats.js';

const PASSWORD = 'pâte à choux 🥐';
const ARGON2 = { memoryKiB: 64, timeCost: 1, parallelism: 1 } as const;

async function argon2id(bytes: Buffer): Promise<string> {
  const work = {
    ...ARGON2,
    variant: 'argon2id' as const,
    version: 19 as const,
    salt: Buffer.from('saltsalt'),
  };
  return formatArgon2({
    ...work,
    hash: await hashWithArgon2(bytes, { ...work, hashBytes: 16 }, 'argon2'),
  });
}

const md5 = (...parts: string[]) => digestOf('md5', parts.join(''), 'hex');

describe('An old digest that was wrapped', () => {
  it.each<LegacyAlgorithm>(['md5', 'sha1', 'sha256', 'sha512'])(
    'verifies the password of a bare %s, in every spelling of the digest',
    async (algorithm) => {
      const bytes = digestOf(algorithm, PASSWORD, 'buffer');
      const hex = bytes.toString('hex');
      const wrapped = await Promise.all(
        [hex, hex.toUpperCase(), bytes.toString('base64')].map((digest) =>
          wrapLegacy({ algorithm, digest }, argon2id),
        ),
      );
      expect(new Set(wrapped).size).toBe(1);
      expect(wrapped[0]).toMatch(/^\$wrapped\$v=1,digest=[a-z0-9]+\$argon2id\$v=19\$/);
      expect(await verifyForeign(wrapped[0] ?? '', PASSWORD)).toBe(true);
      expect(await verifyForeign(wrapped[0] ?? '', `${PASSWORD}x`)).toBe(false);
      expect(await verifyForeign(wrapped[0] ?? '', hex)).toBe(false);
    },
  );

  it('verifies with a salt from another column, on either side', async () => {
    const before = await wrapLegacy(
      { algorithm: 'md5', digest: md5('s4lt', PASSWORD), salt: 's4lt' },
      argon2id,
    );
    const after = await wrapLegacy(
      {
        algorithm: 'md5',
        digest: md5(PASSWORD, 's4lt'),
        salt: Buffer.from('s4lt'),
        saltPosition: 'after',
      },
      argon2id,
    );
    expect(before).toContain('$v=1,digest=md5,salt=czRsdA,at=before$argon2id$');
    expect(after).toContain('$v=1,digest=md5,salt=czRsdA,at=after$argon2id$');
    expect(await verifyForeign(before, PASSWORD)).toBe(true);
    expect(await verifyForeign(after, PASSWORD)).toBe(true);
    expect(await verifyForeign(before.replace('before', 'after'), PASSWORD)).toBe(false);
    expect(await verifyForeign(before.replace(',salt=czRsdA,at=before', ''), PASSWORD)).toBe(false);
  });

  it('says what is around it and what is within', async () => {
    const stored = await wrapLegacy({ algorithm: 'md5', digest: md5(PASSWORD) }, argon2id);
    expect(readForeign(stored)).toMatchObject({
      scheme: 'argon2id',
      format: 'wrapped',
      parameters: ARGON2,
      memoryKiB: 64,
      saltBytes: 8,
    });
  });

  it('verifies whatever the password and the salt are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
        fc.uint8Array({ minLength: 1, maxLength: 128 }),
        fc.constantFrom('before' as const, 'after' as const),
        async (text, salt, saltPosition) => {
          const bytes = Buffer.from(text.normalize('NFC'));
          const parts = saltPosition === 'before' ? [salt, bytes] : [bytes, salt];
          const digest = digestOf('sha1', Buffer.concat(parts), 'hex');
          const legacy: LegacyDigest = { algorithm: 'sha1', digest, salt, saltPosition };
          expect(await verifyForeign(await wrapLegacy(legacy, argon2id), text)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([
    ['another version', ['v=1', 'v=2']],
    ['no version', ['v=1,', '']],
    ['an unknown digest', ['digest=md5', 'digest=md4']],
    ['a name that every object has', ['digest=md5', 'digest=constructor']],
    ['no salt', ['salt=czRsdA', 'salt=']],
    ['a salt without a place', [',at=before', '']],
    ['a place without a salt', [',salt=czRsdA', '']],
    ['an unknown place', ['at=before', 'at=middle']],
    ['padding', ['czRsdA', 'czRsdA==']],
    ['spare bits', ['czRsdA', 'czRsdB']],
    ['a salt of 129 bytes', ['czRsdA', 'c'.repeat(172)]],
    ['bcrypt within', ['$argon2id$v=19$', '$2b$04$']],
    ['itself within', ['$argon2id', '$wrapped$v=1,digest=md5$argon2id']],
    ['hostile figures', ['t=1', 't=01']],
  ])('is refused with %s', async (_, [part = '', by = '']) => {
    const good = await wrapLegacy(
      { algorithm: 'md5', digest: md5('s4lt', PASSWORD), salt: 's4lt' },
      argon2id,
    );
    expect(readForeign(good.replace(part, by))).toBe('malformed');
  });
});

describe('wrapLegacy', () => {
  const good: LegacyDigest = { algorithm: 'md5', digest: md5(PASSWORD) };

  it.each<[string, object]>([
    ['an unknown algorithm', { algorithm: 'md4' }],
    ['a name that every object has', { algorithm: 'toString' }],
    ['no digest', { digest: undefined }],
    ['an empty digest', { digest: '' }],
    ['a digest of another length', { digest: md5(PASSWORD).slice(2) }],
    ['digits in mixed case', { digest: `A${md5(PASSWORD).slice(1)}` }],
    ['base64 without padding', { digest: 'X03MO1qnZdYdgyfeuILPmQ' }],
    ['white space', { digest: `${md5(PASSWORD)}\n` }],
    ['an empty salt', { salt: '' }],
    ['a salt that is too long', { salt: Buffer.alloc(129) }],
    ['a lone surrogate in the salt', { salt: '\ud800' }],
    ['a salt that is a number', { salt: 7 }],
    ['an unknown place', { salt: 'a', saltPosition: 'middle' }],
  ])('throws for %s, and does not say what the digest was', async (_, change) => {
    const legacy = { ...good, ...change };
    const error = await wrapLegacy(legacy, argon2id).then(() => undefined, String);
    expect(error).toMatch(/^TypeError/);
    expect(inspect(error)).not.toContain(md5(PASSWORD).slice(2));
  });

  it('throws when it is not given Argon2', async () => {
    await expect(wrapLegacy(good, async () => '$2b$04$')).rejects.toThrow(TypeError);
  });
});
