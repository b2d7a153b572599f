import { EncryptionService, SecurityError } from 'nestjs-security';
import { fernetEncrypt } from '../../lib/encryption/fernet.js';
import { fernetKeyFromBytes } from '../../lib/encryption/fernet-key.js';
import { endOf } from '../support/error-code.js';
import { fernetKey } from '../support/encryption.js';
import { forgeToken } from '../support/forge-token.js';
import { startServices } from '../support/services.js';
import { readVectors } from '../support/vectors.js';

interface SpecVector {
  desc?: string;
  token: string;
  now: string;
  ttl_sec: number;
  secret: string;
  src: string;
}

interface GeneratedVector extends SpecVector {
  iv: number[];
}

interface PythonVector {
  desc: string;
  key: string;
  timestamp: string;
  plaintext_hex: string;
  token: string;
}

interface CbcGroup {
  keySize: number;
  tests: { tcId: number; comment: string; key: string; iv: string; msg: string; ct: string; result: string }[];
}

async function encryptionWith(key: string, now: string | number = 0): Promise<EncryptionService> {
  const { module } = await startServices({ encryption: { keys: [key] }, clock: () => new Date(now).getTime() });
  return module.get(EncryptionService);
}

describe('the Fernet specification', () => {
  it.each(readVectors<SpecVector[]>('fernet/spec_verify.json'))('opens its token $token', async (vector) => {
    const encryption = await encryptionWith(vector.secret, vector.now);
    expect(encryption.decryptToString(vector.token, { ttlSeconds: vector.ttl_sec })).toBe(vector.src);
  });

  it.each(readVectors<SpecVector[]>('fernet/spec_generate.json'))('opens its generated token $token', async (vector) => {
    const encryption = await encryptionWith(vector.secret, vector.now);
    expect(encryption.decryptToString(vector.token, { ttlSeconds: 60 })).toBe(vector.src);
  });

  it.each(readVectors<GeneratedVector[]>('fernet/spec_generate.json'))('has its token made, with its IV: $token', (vector) => {
    const key = fernetKeyFromBytes(Buffer.from(vector.secret, 'base64url'), 'a');
    const timestamp = BigInt(new Date(vector.now).getTime() / 1000);
    const made = fernetEncrypt(key, Buffer.from(vector.src), { timestamp, iv: Buffer.from(vector.iv) });
    expect(made).toBe(vector.token);
  });

  it.each(readVectors<SpecVector[]>('fernet/spec_invalid.json'))('refuses its token with: $desc', async (vector) => {
    const encryption = await encryptionWith(vector.secret, vector.now);
    const code = vector.desc === 'expired TTL' ? 'ENC_TOKEN_EXPIRED' : 'ENC_TOKEN_INVALID';
    expect(() => encryption.decrypt(vector.token, { ttlSeconds: vector.ttl_sec })).toThrow(
      expect.objectContaining({ code }) as SecurityError,
    );
  });
});

describe("tokens that Python's cryptography made", () => {
  const { valid } = readVectors<{ valid: PythonVector[] }>('fernet/fernet_extra_valid.json');

  it.each(valid)('opens: $desc', async ({ key, token, plaintext_hex: plaintext }) => {
    const encryption = await encryptionWith(key);
    expect(encryption.decrypt(token).toString('hex')).toBe(plaintext);
  });

  it.each(valid)('are made, with their IVs: $desc', ({ key, timestamp, plaintext_hex: plaintext, token }) => {
    const iv = Buffer.from(token, 'base64url').subarray(9, 25);
    const fernet = fernetKeyFromBytes(Buffer.from(key, 'base64url'), 'a');
    const stamp = { timestamp: BigInt(timestamp), iv };
    expect(fernetEncrypt(fernet, Buffer.from(plaintext, 'hex'), stamp)).toBe(token);
  });

  it.each(valid)('judges the age of: $desc', async ({ key, token, timestamp }) => {
    const seconds = BigInt(timestamp);
    if (seconds > 8_640_000_000_000n) {
      // Later than any date: from the future, whenever it is opened.
      const encryption = await encryptionWith(key);
      expect(() => encryption.decrypt(token, { ttlSeconds: 1 })).toThrow('not valid');
      return;
    }
    const late = await encryptionWith(key, (Number(seconds) + 11) * 1000);
    expect(() => late.decrypt(token, { ttlSeconds: 10 })).toThrow('expired');
    expect(late.decrypt(token, { ttlSeconds: 11 })).toBeInstanceOf(Buffer);
  });
});

describe('Wycheproof, AES-CBC-PKCS5 with 128 bits', () => {
  const { testGroups } = readVectors<{ testGroups: CbcGroup[] }>('fernet/wycheproof_aes_cbc_pkcs5_test.json');
  const tests = testGroups.filter(({ keySize }) => keySize === 128).flatMap((group) => group.tests);
  const signing = Buffer.from(fernetKey('signs'), 'base64url').subarray(0, 16);

  it('has tests', () => expect(tests).toHaveLength(72));

  it.each(tests)('$tcId, $result: $comment', async ({ key, iv, msg, ct, result }) => {
    const whole = `${Buffer.concat([signing, Buffer.from(key, 'hex')]).toString('base64url')}=`;
    const encryption = await encryptionWith(whole);
    const [ivBytes, ciphertext] = [Buffer.from(iv, 'hex'), Buffer.from(ct, 'hex')];
    const token = forgeToken(whole, { iv: ivBytes, ciphertext });
    if (result === 'invalid') {
      expect(endOf(() => encryption.decrypt(token))).toBe('ENC_TOKEN_INVALID');
      return;
    }
    expect(encryption.decrypt(token).toString('hex')).toBe(msg);
    const fernet = fernetKeyFromBytes(Buffer.from(whole, 'base64url'), 'a');
    const stamp = { timestamp: 1_700_000_000n, iv: ivBytes };
    expect(fernetEncrypt(fernet, Buffer.from(msg, 'hex'), stamp)).toBe(token);
  });
});
