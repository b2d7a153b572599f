import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { Secret, type DeriveOptions, type KeyToVerify } from 'nestjs-security';
import { keyDerivation, PASSPHRASE, refusalOf, SALT } from '../support/key-derivation.js';

describe('verify', () => {
  const options = { params: { N: 16 }, length: 64, salt: SALT } as const;

  it('takes the key as a KeyObject, as bytes or as a Secret', async () => {
    const { key, encoded } = await keyDerivation.derive(PASSPHRASE, options);
    for (const given of [
      key,
      key.export(),
      new Uint8Array(key.export()),
      Secret.of(key.export()),
    ]) {
      expect(await keyDerivation.verify(PASSPHRASE, { encoded, key: given })).toBe(true);
      expect(await keyDerivation.verify(PASSPHRASE, { ...options, key: given })).toBe(true);
    }
  });

  it('is false for every cut or lengthened key, of which many are prefixes of the true one', async () => {
    const { key, encoded } = await keyDerivation.derive(PASSPHRASE, options);
    const long = Buffer.concat([key.export(), Buffer.alloc(1)]);
    for (const size of [0, 1, 16, 31, 32, 63, 65]) {
      const cut = long.subarray(0, size);
      expect(await keyDerivation.verify(PASSPHRASE, { encoded, key: cut })).toBe(false);
      expect(await keyDerivation.verify(PASSPHRASE, { ...options, key: cut })).toBe(false);
    }
    const half = createSecretKey(long.subarray(0, 32));
    expect(await keyDerivation.verify(PASSPHRASE, { encoded, key: half })).toBe(false);
  });

  it.each(['scrypt', 'pbkdf2-sha256', 'pbkdf2-sha512', 'argon2id'] as const)(
    'is false for half a key of %s, which is never taken as asked for',
    async (algorithm) => {
      const params = {
        scrypt: { N: 16 },
        'pbkdf2-sha256': { iterations: 1 },
        'pbkdf2-sha512': { iterations: 1 },
        argon2id: { memoryKiB: 8, timeCost: 1, parallelism: 1 },
      }[algorithm];
      const choice = { algorithm, params, salt: SALT } as DeriveOptions & { salt: Buffer };
      const { key } = await keyDerivation.derive(PASSPHRASE, choice);
      const half = key.export().subarray(0, 16);
      expect(await keyDerivation.verify(PASSPHRASE, { ...choice, key })).toBe(true);
      expect(await keyDerivation.verify(PASSPHRASE, { ...choice, key: half })).toBe(false);
    },
  );

  it('is false for every cut or changed salt', async () => {
    const derived = await keyDerivation.derive(PASSPHRASE, options);
    for (let size = 0; size < SALT.length; size += 1) {
      const salt = SALT.subarray(0, size);
      expect(await keyDerivation.verify(PASSPHRASE, { ...options, key: derived.key, salt })).toBe(
        false,
      );
      expect(await keyDerivation.verify(PASSPHRASE, { ...derived, salt })).toBe(false);
    }
    const salt = Buffer.concat([SALT, Buffer.alloc(1)]);
    expect(await keyDerivation.verify(PASSPHRASE, { ...derived, salt })).toBe(false);
  });

  it('is false for every cut encoded text', async () => {
    const { key, encoded } = await keyDerivation.derive(PASSPHRASE, options);
    for (let size = 0; size < encoded.length; size += 1) {
      const cut = encoded.slice(0, size);
      expect(await keyDerivation.verify(PASSPHRASE, { encoded: cut, key })).toBe(false);
    }
  });

  it('is false for other parameters, and for those that contradict the encoded text', async () => {
    const { key, encoded } = await keyDerivation.derive(PASSPHRASE, options);
    const others = [
      { params: { N: 32 } },
      { params: { N: 16, r: 4 } },
      { algorithm: 'pbkdf2-sha256', params: { iterations: 16 } },
      { length: 32 },
    ];
    for (const other of others) {
      const said = { ...options, ...other, key } as KeyToVerify;
      expect(await keyDerivation.verify(PASSPHRASE, said)).toBe(false);
      expect(await keyDerivation.verify(PASSPHRASE, { ...said, encoded })).toBe(false);
    }
    expect(await keyDerivation.verify(PASSPHRASE, { ...options, key, encoded })).toBe(true);
  });

  it('demands a salt', async () => {
    const expected = { key: Buffer.alloc(32) } as unknown as KeyToVerify;
    expect(await refusalOf(keyDerivation.verify(PASSPHRASE, expected))).toBe('KDF_SALT_INVALID');
  });

  it.each([null, undefined, 'text', [1], generateKeyPairSync('ed25519').privateKey])(
    'is a TypeError for the key %p',
    async (key) => {
      const expected = { ...options, key: key as unknown as Buffer };
      await expect(keyDerivation.verify(PASSPHRASE, expected)).rejects.toThrow(TypeError);
    },
  );
});
