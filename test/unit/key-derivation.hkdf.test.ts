import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { Secret, type KeyDerivationService } from 'nestjs-security';
import { keyDerivation, refusalOf } from '../support/key-derivation.js';

describe('hkdf', () => {
  const root = Buffer.alloc(32, 7);
  const hkdf = async (...given: Parameters<KeyDerivationService['hkdf']>): Promise<string> =>
    (await keyDerivation.hkdf(...given)).export().toString('hex');

  it('gives 32 bytes, another key for every info', async () => {
    const keys = await Promise.all(['', 'a', 'b'].map((info) => hkdf(root, { info })));
    expect(new Set(keys).size).toBe(3);
    expect(keys[0]).toHaveLength(64);
    expect(await hkdf(root)).toBe(keys[0]);
  });

  it('takes a key, bytes, text as its plain UTF-8, or a Secret', async () => {
    expect(await hkdf(createSecretKey(root))).toBe(await hkdf(root));
    expect(await hkdf(Secret.of(root))).toBe(await hkdf(root));
    expect(await hkdf('pa\u0302te')).toBe(await hkdf(Buffer.from('pa\u0302te')));
    expect(await hkdf(root, { salt: 'é', info: 'ü' })).toBe(
      await hkdf(root, { salt: Buffer.from('é'), info: Buffer.from('ü') }),
    );
  });

  it('gives at most 255 times the hash', async () => {
    expect(await hkdf(root, { length: 255 * 32 })).toHaveLength(2 * 255 * 32);
    expect(await hkdf(root, { length: 255 * 48, hash: 'sha384' })).toHaveLength(2 * 255 * 48);
    expect(await hkdf(root, { length: 255 * 64, hash: 'sha512' })).toHaveLength(2 * 255 * 64);
  });

  it.each<[string, string, object]>([
    ['KDF_ALGORITHM_UNKNOWN', 'MD5', { hash: 'md5' }],
    ['KDF_ALGORITHM_UNKNOWN', 'SHA-1', { hash: 'sha1' }],
    ['KDF_ALGORITHM_UNKNOWN', 'an inherited name', { hash: 'toString' }],
    ['KDF_ALGORITHM_UNKNOWN', 'no hash', { hash: null }],
    ['KDF_LENGTH_INVALID', 'length 0', { length: 0 }],
    ['KDF_LENGTH_INVALID', 'length 1.5', { length: 1.5 }],
    ['KDF_LENGTH_INVALID', 'length of text', { length: '32' }],
    ['KDF_LENGTH_INVALID', 'more than 255 blocks', { length: 255 * 32 + 1 }],
    ['KDF_LENGTH_INVALID', 'more than 255 blocks of SHA-512', { length: 16_321, hash: 'sha512' }],
    ['KDF_SALT_INVALID', 'a salt of 1025 bytes', { salt: Buffer.alloc(1025) }],
    ['KDF_SALT_INVALID', 'an ill-formed salt', { salt: '\udfff' }],
    ['KDF_SALT_INVALID', 'null for a salt', { salt: null }],
    ['KDF_INFO_INVALID', 'an info of 1025 bytes', { info: 'x'.repeat(1025) }],
    ['KDF_INFO_INVALID', 'an ill-formed info', { info: '\ud800' }],
    ['KDF_INFO_INVALID', 'a number for info', { info: 7 }],
  ])('refuses with %s: %s', async (code, _, options) => {
    expect(await refusalOf(keyDerivation.hkdf(root, options))).toBe(code);
  });

  it.each([
    '',
    '[redacted]',
    new Uint8Array(),
    'a\ud800',
    Secret.of(''),
    createSecretKey(Buffer.alloc(0)),
  ])('refuses the input %p', async (input) => {
    expect(await refusalOf(keyDerivation.hkdf(input))).toBe('KDF_PASSPHRASE_UNUSABLE');
  });

  it.each([null, undefined, 7, {}, generateKeyPairSync('ed25519').publicKey])(
    'is a TypeError for the input %p',
    async (input) => {
      await expect(keyDerivation.hkdf(input as Buffer)).rejects.toThrow(TypeError);
    },
  );
});
