import { createSecretKey, hkdfSync } from 'node:crypto';
import { deriveKey } from '../../lib/keyring/derive-key.js';
import { readVectors } from '../support/vectors.js';

interface HkdfGroup {
  tests: { tcId: number; ikm: string; salt: string; info: string; size: number; okm: string; result: string }[];
}

describe('HKDF-SHA256', () => {
  const { testGroups } = readVectors<{ testGroups: HkdfGroup[] }>('hmac/wycheproof_hkdf_sha256_test.json');
  const cases = testGroups.flatMap(({ tests }) => tests).filter(({ result }) => result === 'valid');

  it('of this Node gives the values of Wycheproof', () => {
    for (const { ikm, salt, info, size, okm } of cases) {
      const key = hkdfSync('sha256', hex(ikm), hex(salt), hex(info), size);
      expect(Buffer.from(key).toString('hex')).toBe(okm);
    }
    expect(cases.length).toBeGreaterThan(50);
  });
});

describe('purpose keys', () => {
  // Computed with Python 3.11 from the formula in docs/keys.md, with hmac and hashlib alone.
  const key = createSecretKey(Buffer.from('6d'.repeat(16) + '2b'.repeat(16), 'hex'));

  it.each([
    ['hmac-sign', [], '9da70829bfd2429c0770a8955a4a4fb39403d3b1311fc8735c158d3726c056df'],
    ['fernet', [], '9a3d043fb9d10846a8fd03a0b21e46cfdfa5fef9fe0fb62ec51d244deb3160d6'],
    ['fernet', ['users.email', '42'], '7ce106949abc6b5681d522b7b00339c517d289113fe50803402c83723e204878'],
    ['hmac-token', ['tür', ''], 'c28b0df3833cd72666460b24f2b3b9b20e2cc75b8d0dc49fd216c5d66f7d15f7'],
  ] as const)('%s %j are those that Python derives', (purpose, parts, expected) => {
    expect(deriveKey(key, purpose, parts).toString('hex')).toBe(expected);
  });

  it('differ when the same letters are split into other parts', () => {
    const derived = [['a', 'bc'], ['ab', 'c'], ['abc'], ['abc', '']].map((parts) => deriveKey(key, 'fernet', parts));
    expect(new Set(derived.map((bytes) => bytes.toString('hex'))).size).toBe(4);
  });

  it('take parts longer than the 1,024 bytes that Node allows as info', () => {
    expect(deriveKey(key, 'fernet', ['x'.repeat(5000)])).toHaveLength(32);
  });

  it('refuse a part with a lone surrogate', () => {
    expect(() => deriveKey(key, 'fernet', ['\ud800'])).toThrow(TypeError);
  });
});

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}
