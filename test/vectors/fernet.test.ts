import { EncryptionService, SecurityError } from 'nestjs-security';
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

interface PythonVector {
  desc: string;
  key: string;
  timestamp: string;
  plaintext_hex: string;
  token: string;
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
