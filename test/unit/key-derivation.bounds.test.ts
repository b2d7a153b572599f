import type { DeriveOptions, KeyToVerify } from 'nestjs-security';
import { keyDerivation, PASSPHRASE, refusalOf, SALT } from '../support/key-derivation.js';

type BadOptions = readonly [code: string, what: string, options: object];

const badScrypt: readonly [what: string, params: unknown][] = [
  ['N=2^30', { N: 2 ** 30 }],
  ['N=2^31', { N: 2 ** 31 }],
  ['N=2^53', { N: 2 ** 53 }],
  ['N=1', { N: 1 }],
  ['N=0', { N: 0 }],
  ['N=-2', { N: -2 }],
  ['N no power of two', { N: 16_383 }],
  ['N of text', { N: '16384' }],
  ['N as a bigint', { N: 16_384n }],
  ['r=0', { r: 0 }],
  ['r=1.5', { r: 1.5 }],
  ['r=1025', { N: 2, r: 1025 }],
  ['p=0', { p: 0 }],
  ['p=17', { p: 17 }],
  ['p=2^30', { p: 2 ** 30 }],
  ['more than 256 MiB', { N: 2 ** 18, r: 9 }],
  ['N=2^16 with r=1, which scrypt does not know', { N: 2 ** 16, r: 1 }],
  ['undefined for N', { N: undefined }],
  ['a misspelt parameter', { n: 16_384 }],
  ['a parameter of PBKDF2', { iterations: 1 }],
  ['no parameters', null],
  ['a number for the parameters', 14],
];

const badArgon2id: readonly [what: string, params: object][] = [
  ['256 MiB and a bit', { memoryKiB: 256 * 1024 + 1, timeCost: 1 }],
  ['2^32 KiB', { memoryKiB: 2 ** 32 }],
  ['7 KiB', { memoryKiB: 7, parallelism: 1 }],
  ['less than 8 KiB a lane', { memoryKiB: 31, parallelism: 4 }],
  ['no pass', { timeCost: 0 }],
  ['17 passes', { timeCost: 17 }],
  ['no lane', { parallelism: 0 }],
  ['17 lanes', { parallelism: 17 }],
  ['more than 1 GiB of memory times passes', { memoryKiB: 256 * 1024, timeCost: 5 }],
];

const badIterations = [0, -1, 1.5, NaN, 5_000_001, 1e9, 2 ** 31];
const badLengths = [0, -1, 1.5, NaN, Infinity, 1025, 2 ** 31, '32', null];

const bad: readonly BadOptions[] = [
  ['KDF_ALGORITHM_UNKNOWN', 'an unknown algorithm', { algorithm: 'bcrypt' }],
  ['KDF_ALGORITHM_UNKNOWN', 'an unknown digest', { algorithm: 'pbkdf2-md5' }],
  ['KDF_ALGORITHM_UNKNOWN', 'SHA-1', { algorithm: 'pbkdf2-sha1' }],
  ['KDF_ALGORITHM_UNKNOWN', 'an inherited name', { algorithm: 'constructor' }],
  ['KDF_ALGORITHM_UNKNOWN', 'no algorithm', { algorithm: null }],
  ...badLengths.map((length): BadOptions => ['KDF_LENGTH_INVALID', `length ${length}`, { length }]),
  ['KDF_LENGTH_INVALID', '3 bytes of Argon2id', { algorithm: 'argon2id', length: 3 }],
  ...badScrypt.map(([what, params]) => badParams(`${what} (scrypt)`, { params })),
  ...badIterations.map((iterations) =>
    badParams(`${iterations} iterations`, { algorithm: 'pbkdf2-sha256', params: { iterations } }),
  ),
  badParams('iterations that a long key multiplies', {
    algorithm: 'pbkdf2-sha256',
    params: { iterations: 5_000_000 },
    length: 65,
  }),
  ...badArgon2id.map(([what, params]) =>
    badParams(`${what} (Argon2id)`, { algorithm: 'argon2id', params }),
  ),
];

// Were any work done for these, many would never end.
describe('before any work, derive and verify refuse', () => {
  it.each(bad)('%s: %s', async (code, _, options) => {
    expect(await refusalOf(keyDerivation.derive(PASSPHRASE, options))).toBe(code);
    const expected = { salt: SALT, ...options, key: Buffer.alloc(32) } as KeyToVerify;
    expect(await refusalOf(keyDerivation.verify(PASSPHRASE, expected))).toBe(code);
  });

  it.each([
    ['an empty one', Buffer.alloc(0)],
    ['7 bytes', Buffer.alloc(7)],
    ['1025 bytes', Buffer.alloc(1025)],
  ])('a salt of a wrong length, for which no key verifies: %s', async (_, salt) => {
    expect(await refusalOf(keyDerivation.derive(PASSPHRASE, { salt }))).toBe('KDF_SALT_INVALID');
    expect(await keyDerivation.verify(PASSPHRASE, { salt, key: Buffer.alloc(32) })).toBe(false);
  });

  it.each<[string, unknown]>([
    ['text', 'somesaltsomesalt'],
    ['null', null],
    ['wide numbers', new Uint16Array(16)],
  ])('a salt that is no bytes: %s', async (_, given) => {
    const salt = given as Uint8Array;
    const key = Buffer.alloc(32);
    expect(await refusalOf(keyDerivation.derive(PASSPHRASE, { salt }))).toBe('KDF_SALT_INVALID');
    expect(await refusalOf(keyDerivation.verify(PASSPHRASE, { salt, key }))).toBe(
      'KDF_SALT_INVALID',
    );
  });

  it('and names the parameter that was meant', async () => {
    const options = { params: { n: 16_384 } } as DeriveOptions;
    await expect(keyDerivation.derive(PASSPHRASE, options)).rejects.toThrow('Did you mean "N"?');
  });

  it('but nothing that lies on a bound', async () => {
    for (const options of [
      { params: { N: 2 ** 15, r: 1 } },
      { params: { N: 2, r: 1024, p: 16 } },
      { params: { N: 16 }, length: 1024, salt: Buffer.alloc(1024) },
      { params: { N: 16 }, length: 1, salt: Buffer.alloc(8) },
      { algorithm: 'argon2id', params: { memoryKiB: 128, timeCost: 16, parallelism: 16 } },
    ] as const) {
      const { encoded } = await keyDerivation.derive(PASSPHRASE, options);
      expect(await keyDerivation.fromEncoded(PASSPHRASE, encoded)).toMatchObject({ encoded });
    }
  });
});

describe('before any work, what is read from an encoded text is refused:', () => {
  const salt = 'c29tZXNhbHRzb21lc2FsdA';

  it.each([
    ['KDF_PARAMETERS_INVALID', `$scrypt$ln=30,r=8,p=1,l=32$${salt}`],
    ['KDF_PARAMETERS_INVALID', `$scrypt$ln=22,r=1,p=1,l=32$${salt}`],
    ['KDF_PARAMETERS_INVALID', `$scrypt$ln=0,r=8,p=1,l=32$${salt}`],
    ['KDF_PARAMETERS_INVALID', `$scrypt$ln=9999999999,r=8,p=1,l=32$${salt}`],
    ['KDF_PARAMETERS_INVALID', `$scrypt$ln=14,r=0,p=1,l=32$${salt}`],
    ['KDF_PARAMETERS_INVALID', `$scrypt$ln=14,r=8,p=0,l=32$${salt}`],
    ['KDF_PARAMETERS_INVALID', `$scrypt$ln=14,r=8,p=1073741824,l=32$${salt}`],
    ['KDF_PARAMETERS_INVALID', `$scrypt$ln=14,r=1073741824,p=1,l=32$${salt}`],
    ['KDF_PARAMETERS_INVALID', `$pbkdf2-sha256$i=1000000000,l=32$${salt}`],
    ['KDF_PARAMETERS_INVALID', `$pbkdf2-sha512$i=0,l=32$${salt}`],
    ['KDF_PARAMETERS_INVALID', `$argon2id$v=19$m=4194304,t=3,p=4,l=32$${salt}`],
    ['KDF_PARAMETERS_INVALID', `$argon2id$v=19$m=65536,t=1000000,p=4,l=32$${salt}`],
    ['KDF_LENGTH_INVALID', `$scrypt$ln=14,r=8,p=1,l=0$${salt}`],
    ['KDF_LENGTH_INVALID', `$scrypt$ln=14,r=8,p=1,l=1025$${salt}`],
    ['KDF_LENGTH_INVALID', `$argon2id$v=19$m=64,t=1,p=1,l=3$${salt}`],
  ])('%s: %s', async (code, encoded) => {
    expect(await refusalOf(keyDerivation.fromEncoded(PASSPHRASE, encoded))).toBe(code);
    expect(await refusalOf(keyDerivation.fernetKeyFromPassphrase(PASSPHRASE, { encoded }))).toBe(
      code,
    );
    expect(
      await refusalOf(keyDerivation.verify(PASSPHRASE, { encoded, key: Buffer.alloc(32) })),
    ).toBe(code);
  });

  it.each([PASSPHRASE, '', null, undefined, `$scrypt$ln=14,r=8,p=1$${salt}`])(
    'KDF_ENCODED_INVALID: %p',
    async (text) => {
      const encoded = text as string;
      expect(await refusalOf(keyDerivation.fromEncoded(PASSPHRASE, encoded))).toBe(
        'KDF_ENCODED_INVALID',
      );
      expect(await refusalOf(keyDerivation.fernetKeyFromPassphrase(PASSPHRASE, { encoded }))).toBe(
        'KDF_ENCODED_INVALID',
      );
    },
  );
});

function badParams(what: string, options: object): BadOptions {
  return ['KDF_PARAMETERS_INVALID', what, options];
}
