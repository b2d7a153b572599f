import { KeyDerivationService, type Passphrase } from 'nestjs-security';
import { computePbkdf2 } from '../../lib/key-derivation/pbkdf2.js';
import { computeScrypt } from '../../lib/key-derivation/scrypt.js';
import { parseArgon2 } from '../../lib/password/stored/argon2-phc.js';
import { readVectors } from '../support/vectors.js';

interface RfcVectors {
  scrypt: { P: string; S: string; N: number; r: number; p: number; dkLen: number; dk: string }[];
  pbkdf2: { hash: 'sha1' | 'sha256'; P: string; S: string; c: number; dkLen: number; dk: string; source: string }[];
  hkdf: { hash: 'sha256'; ikm: string; salt: string; info: string; L: number; okm: string }[];
}

interface Wycheproof<Test> {
  testGroups: { tests: (Test & { tcId: number; result: string })[] }[];
}

interface Pbkdf2Test {
  password: string;
  salt: string;
  iterationCount: number;
  dkLen: number;
  dk: string;
}

interface HkdfTest {
  ikm: string;
  salt: string;
  info: string;
  size: number;
  okm: string;
}

const rfc = readVectors<RfcVectors>('key-derivation/rfc_kdf.json');
const keyDerivation = new KeyDerivationService();
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('scrypt gives the values of RFC 7914', () => {
  it.each(rfc.scrypt)('N=$N, r=$r, p=$p', async ({ P, S, N, r, p, dkLen, dk }) => {
    expect(hex(await computeScrypt(ascii(P), ascii(S), { N, r, p }, dkLen))).toBe(dk);
  });

  it('through the service, where the salt is long enough for it', async () => {
    const usable = rfc.scrypt.filter(({ S }) => S.length >= 8);
    for (const { P, S, N, r, p, dkLen, dk } of usable) {
      const options = { salt: ascii(S), length: dkLen, params: { N, r, p } };
      expect(hex((await keyDerivation.derive(P, options)).key.export())).toBe(dk);
    }
    expect(usable).toHaveLength(1);
  });
});

describe('PBKDF2 gives the values of', () => {
  it.each(rfc.pbkdf2)('$source: $hash, $c iterations, $dkLen bytes', async (vector) => {
    const { hash, P, S, c, dkLen, dk } = vector;
    expect(hex(await computePbkdf2(ascii(P), ascii(S), c, dkLen, hash))).toBe(dk);
  });

  it('Wycheproof for SHA-1, of as many iterations as are ever done', async () => {
    const tests = wycheproof<Pbkdf2Test>('key-derivation/wycheproof_pbkdf2_hmacsha1_test.json');
    const bounded = tests.filter(({ iterationCount }) => iterationCount <= 5_000_000);
    for (const { password, salt, iterationCount, dkLen, dk, tcId } of bounded) {
      const key = await computePbkdf2(bytes(password), bytes(salt), iterationCount, dkLen, 'sha1');
      expect([tcId, hex(key)]).toEqual([tcId, dk]);
    }
    expect([tests.length, bounded.length]).toEqual([64, 63]);
  });

  it('Wycheproof for SHA-256, through the service but for what it refuses', async () => {
    const tests = wycheproof<Pbkdf2Test>('key-derivation/wycheproof_pbkdf2_hmacsha256_test.json');
    const refused: string[] = [];
    for (const { password, salt, iterationCount, dkLen, dk, tcId } of tests) {
      const options = { salt: bytes(salt), length: dkLen, params: { iterations: iterationCount } };
      const key = await derived(bytes(password), options).catch((error: unknown) => error);
      if (typeof key === 'string') expect([tcId, key]).toEqual([tcId, dk]);
      else refused.push((key as { code: string }).code);
    }
    // Two salts of 4 bytes (RFC 7914), one empty password.
    expect(refused.toSorted()).toEqual([
      'KDF_PASSPHRASE_UNUSABLE',
      'KDF_SALT_INVALID',
      'KDF_SALT_INVALID',
    ]);
  });
});

describe('HKDF gives the values of', () => {
  it.each(rfc.hkdf)('RFC 5869: $L bytes', async ({ ikm, salt, info, L, okm, hash }) => {
    const options = { salt: bytes(salt), info: bytes(info), length: L, hash };
    expect(hex((await keyDerivation.hkdf(bytes(ikm), options)).export())).toBe(okm);
  });

  it.each([
    ['sha256', 'hmac/wycheproof_hkdf_sha256_test.json'],
    ['sha512', 'key-derivation/wycheproof_hkdf_sha512_test.json'],
  ] as const)('Wycheproof for %s, and refuses the sizes that it calls too large', async (hash, file) => {
    const tests = wycheproof<HkdfTest>(file);
    for (const { ikm, salt, info, size, okm, result, tcId } of tests) {
      const options = { salt: bytes(salt), info: bytes(info), length: size, hash };
      const key = await keyDerivation.hkdf(bytes(ikm), options).then(
        (derivedKey) => hex(derivedKey.export()),
        ({ code }: { code: string }) => code,
      );
      expect([tcId, key]).toEqual([tcId, result === 'valid' ? okm : 'KDF_LENGTH_INVALID']);
    }
    expect(tests.filter(({ result }) => result !== 'valid')).toHaveLength(3);
  });
});

describe('Argon2id gives the values of the reference implementation', () => {
  const { good } = readVectors<{ good: { encoded: string; password: string; m: number }[] }>(
    'passwords/argon2_reference_test_c.json',
  );
  const usable = good.filter(({ encoded, m }) => /^\$argon2id\$v=19/.test(encoded) && m <= 65_536);

  it.each(usable)('$encoded', async ({ encoded, password }) => {
    const stored = parseArgon2(encoded);
    if (!stored) throw new Error('unreadable');
    const { salt, hash, memoryKiB, timeCost, parallelism } = stored;
    const { key } = await keyDerivation.derive(password, {
      algorithm: 'argon2id',
      salt,
      length: hash.length,
      params: { memoryKiB, timeCost, parallelism },
    });
    expect(hex(key.export())).toBe(hex(hash));
  });
});

async function derived(
  passphrase: Passphrase,
  options: { salt: Buffer; length: number; params: { iterations: number } },
): Promise<string> {
  const { key } = await keyDerivation.derive(passphrase, { algorithm: 'pbkdf2-sha256', ...options });
  return hex(key.export());
}

function wycheproof<Test>(file: string): (Test & { tcId: number; result: string })[] {
  return readVectors<Wycheproof<Test>>(file).testGroups.flatMap(({ tests }) => tests);
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

function hex(data: Buffer): string {
  return data.toString('hex');
}
