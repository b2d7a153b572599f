import type { EncryptionService } from 'nestjs-security';
import { endOf } from '../support/error-code.js';
import { fernetKey, startEncryption, type EncryptionSettings } from '../support/encryption.js';
import { forgeToken } from '../support/forge-token.js';
import { testKey } from '../support/keys.js';

const MADE_AT = 1_500_000_000;
const CONTEXT = ['users.iban', '7'];

/** The same ring before and after "old" had its turn, with shared keys and with keys of its own. */
const RINGS: [string, EncryptionSettings, EncryptionSettings][] = [
  ['shared keys', { shared: [testKey('old')] }, { shared: [testKey('now'), testKey('old')] }],
  [
    'keys of its own',
    { keys: [{ id: 'old', key: fernetKey('old') }] },
    {
      keys: [
        { id: 'now', key: fernetKey('now') },
        { id: 'old', key: fernetKey('old') },
      ],
    },
  ],
];

/** The same, with "old" revoked. */
const REVOKED: [string, EncryptionSettings, EncryptionSettings][] = [
  [
    'shared keys',
    { shared: [testKey('old')] },
    {
      shared: [
        { ...testKey('now'), state: 'primary' },
        { ...testKey('old'), state: 'revoked' },
      ],
    },
  ],
  [
    'keys of its own',
    { keys: [{ id: 'old', key: fernetKey('old') }] },
    {
      keys: [
        { id: 'now', key: fernetKey('now'), state: 'primary' },
        { id: 'old', key: fernetKey('old'), state: 'revoked' },
      ],
    },
  ],
];

async function both(
  before: EncryptionSettings,
  after: EncryptionSettings,
): Promise<[EncryptionService, EncryptionService]> {
  const [one, other] = [await startEncryption(before), await startEncryption(after)];
  return [one.encryption, other.encryption];
}

describe.each(RINGS)('rotating a value of %s', (_, before, after) => {
  it.each([{}, { context: CONTEXT }])('keeps time and plaintext with %j', async (options) => {
    const [past, present] = await both(before, after);
    const token = past.encryptAtTime('x', MADE_AT, options);
    const rotated = present.rotate(token, options);
    const opened = present.decryptDetailed(rotated, options);
    expect(opened).toEqual({
      plaintext: Buffer.from('x'),
      keyId: 'now',
      createdAt: MADE_AT,
      needsRotation: false,
    });
    expect(endOf(() => past.decrypt(rotated, options))).toBe('ENC_TOKEN_INVALID');
  });

  it('keeps the form: a token stays one, and so does a stored form', async () => {
    const [past, present] = await both(before, after);
    expect(present.rotate(past.encrypt('x'))).toMatch(/^gAAAAA/);
    const sealed = present.rotate(past.seal('x'));
    expect(sealed).toMatch(/^f1\.now\.gAAAAA/);
    expect(present.openToString(sealed)).toBe('x');
  });

  it('is needed until it is done', async () => {
    const [past, present] = await both(before, after);
    for (const value of [past.encrypt('x'), past.seal('x')]) {
      expect([present.needsRotation(value), present.decryptDetailed(value)]).toEqual([
        true,
        expect.objectContaining({ keyId: 'old', needsRotation: true }),
      ]);
      expect(present.needsRotation(present.rotate(value))).toBe(false);
    }
  });

  it('draws a new IV, under the same key, too', async () => {
    const [past] = await both(before, after);
    const token = past.encrypt('x');
    expect(past.rotate(token)).not.toBe(token);
  });

  it('does not open what is forged or of another context', async () => {
    const [past, present] = await both(before, after);
    const token = past.encrypt('x', { context: CONTEXT });
    for (const value of [token, `${token.slice(0, -2)}A=`, 'f1.nobody.x', '', null]) {
      expect(endOf(() => present.rotate(value as string))).toBe('ENC_TOKEN_INVALID');
      expect(endOf(() => present.needsRotation(value as string))).toBe('ENC_TOKEN_INVALID');
    }
  });
});

describe.each(REVOKED)('a revoked key of %s', (_, before, after) => {
  it('opens nothing, unless that is asked for', async () => {
    const [past, present] = await both(before, after);
    const token = past.encrypt('x', { context: CONTEXT });
    expect(endOf(() => present.decrypt(token, { context: CONTEXT }))).toBe('ENC_TOKEN_INVALID');
    expect(present.decryptToString(token, { context: CONTEXT, allowRevokedKey: true })).toBe('x');
  });

  it.each(['false', 'true', 1, null])('opens nothing for %p, which is no answer', async (asked) => {
    const [past, present] = await both(before, after);
    const token = past.encrypt('x');
    const options = { allowRevokedKey: asked as unknown as boolean };
    expect(() => present.decrypt(token, options)).toThrow(TypeError);
    expect(() => present.extractTimestamp(token, options)).toThrow(TypeError);
    await expect(present.decryptAsync(token, options)).rejects.toThrow(TypeError);
  });

  it('still rotates its values', async () => {
    const [past, present] = await both(before, after);
    for (const value of [past.encrypt('x'), past.seal('x')]) {
      expect(present.needsRotation(value)).toBe(true);
      expect(present.decryptDetailed(present.rotate(value)).keyId).toBe('now');
    }
  });

  it('tells the time of its values only where that is asked for', async () => {
    const [past, present] = await both(before, after);
    const token = past.encryptAtTime('x', MADE_AT);
    expect(endOf(() => present.extractTimestamp(token))).toBe('ENC_TOKEN_INVALID');
    expect(present.extractTimestamp(token, { allowRevokedKey: true })).toBe(MADE_AT);
  });
});

it('rotates exactly a time that no number holds', async () => {
  const { encryption } = await startEncryption({ keys: [fernetKey('now')] });
  const token = forgeToken(fernetKey('now'), { time: 2n ** 64n - 1n });
  const rotated = Buffer.from(encryption.rotate(token), 'base64url');
  expect(rotated.readBigUInt64BE(1)).toBe(2n ** 64n - 1n);
});
