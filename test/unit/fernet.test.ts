import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { EncryptionService } from 'nestjs-security';
import type { TestingAuditLog } from 'nestjs-security/testing';
import { forgeToken, inPaddedBase64Url, type ForgedParts } from '../support/forge-token.js';
import { testKey } from '../support/keys.js';
import { settle, startServices } from '../support/services.js';

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const NOW = 1_700_000_000;
const raw = Buffer.from(KEY, 'base64url');

let encryption: EncryptionService;
let log: TestingAuditLog;
let now = NOW * 1000;

beforeAll(async () => {
  const started = await startServices({
    encryption: { keys: [KEY], maxPlaintextBytes: 1000 },
    clock: () => now,
  });
  ({ log } = started);
  encryption = started.module.get(EncryptionService);
});
beforeEach(() => {
  now = NOW * 1000;
});

function forge(parts: ForgedParts = {}): string {
  return forgeToken(KEY, parts);
}

/** A token whose MAC is that of its text, not of its bytes. */
function signedAsText(): string {
  const signed = Buffer.from(forge(), 'base64url').subarray(0, -32);
  const mac = createHmac('sha256', raw.subarray(0, 16))
    .update(signed.toString('base64url'))
    .digest();
  return inPaddedBase64Url(Buffer.concat([signed, mac]));
}

/** What the key with its halves swapped encrypts and signs. */
function withSwappedHalves(): string {
  const swapped = Buffer.concat([raw.subarray(16), raw.subarray(0, 16)]).toString('base64url');
  return forgeToken(`${swapped}=`);
}

/** The same bytes, spelt with a bit that stands for nothing: the last character carries two bits only. */
function withSpareBit(): string {
  const last = forge().at(-3) ?? '';
  return `${forge().slice(0, -3)}${String.fromCharCode(last.charCodeAt(0) + 1)}==`;
}

/** A genuine token, spelt with the other alphabet of base64. */
function inStandardAlphabet(): string {
  const tokens = Array.from({ length: 99 }, (_, second) => forge({ time: BigInt(NOW + second) }));
  const telling = tokens.find((token) => /[-_]/.test(token)) ?? '';
  return telling.replaceAll('-', '+').replaceAll('_', '/');
}

function codeFor(token: unknown, ttlSeconds?: number): string {
  try {
    encryption.decrypt(token as string, ttlSeconds === undefined ? {} : { ttlSeconds });
    return 'opened';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('EncryptionService', () => {
  it.each([0, 1, 15, 16, 17, 1000])('opens what it made of %p bytes', (length) => {
    const data = Buffer.alloc(length, 0xff);
    expect(encryption.decrypt(encryption.encrypt(data))).toEqual(data);
  });

  it('keeps text as it is', () => {
    for (const text of ['', 'grün', '\ufeffbom', '𝒳\0'])
      expect(encryption.decryptToString(encryption.encrypt(text))).toBe(text);
  });

  it('opens what it made of any bytes (property)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) =>
        encryption.decrypt(encryption.encrypt(bytes)).equals(bytes),
      ),
    );
  });

  it('leaves what it gave as it is, whatever is encrypted and opened afterwards', () => {
    const data = [0, 1, 15, 16, 500, 1000].map((length) => Buffer.alloc(length, length));
    const tokens = data.map((bytes) => encryption.encrypt(bytes));
    const opened = tokens.map((token) => encryption.decrypt(token));
    for (const token of tokens) encryption.rotate(token);
    expect(opened).toEqual(data);
    expect(tokens.map((token) => encryption.decrypt(token))).toEqual(data);
  });

  it('never makes the same token twice', () => {
    const tokens = Array.from({ length: 1000 }, () => encryption.encrypt('x'));
    expect(new Set(tokens.map((token) => token.slice(12, 33))).size).toBe(1000);
  });

  it('refuses text with a lone surrogate, what is neither text nor bytes, and too much', () => {
    expect(() => encryption.encrypt('\ud800')).toThrow(
      expect.objectContaining({ code: 'ENC_TEXT_ILL_FORMED' }) as Error,
    );
    expect(() => encryption.encrypt(5 as unknown as string)).toThrow(TypeError);
    expect(() => encryption.encrypt('x'.repeat(1001))).toThrow(
      expect.objectContaining({ code: 'ENC_PLAINTEXT_TOO_LARGE', status: 413 }) as Error,
    );
  });

  it.each([0, 1, 999])('encrypts 100 bytes that say they are %p', (said) => {
    class Bytes extends Uint8Array {
      override get length(): number {
        return said;
      }
    }
    // By what they say, memory that nothing was written to would stand in the token, for everybody to read.
    const token = encryption.encrypt(new Bytes(100).fill(7));
    expect(token).toHaveLength(encryption.encrypt(Buffer.alloc(100)).length);
    expect(encryption.decrypt(token)).toEqual(Buffer.alloc(100, 7));
  });

  it('refuses to read bytes as text when they are none', () => {
    expect(() => encryption.decryptToString(encryption.encrypt(Buffer.from([0xff])))).toThrow(
      expect.objectContaining({ code: 'ENC_TEXT_ILL_FORMED' }) as Error,
    );
  });
});

describe('a token is refused, always with the same words,', () => {
  it.each<[string, unknown]>([
    ['when empty', ''],
    ['when only padding', '===='],
    ['when null', null],
    ['when undefined', undefined],
    ['when an array', [forge()]],
    ['when an object with toString', { toString: () => forge() }],
    ['when huge', 'gAAA'.repeat(1_000_000)],
    ['with another version', forge({ version: 0x81 })],
    ['with a key of somebody else', forge({ signing: Buffer.alloc(16, 1) })],
    ['without a block', forge({ blocks: Buffer.alloc(0) })],
    ['with half a block', forge({ cut: 25 + 8 })],
    ['with padding 0x00 and a right MAC', forge({ blocks: Buffer.alloc(16, 0) })],
    ['with padding 0x11 and a right MAC', forge({ blocks: Buffer.alloc(16, 0x11) })],
    ['with padding 0xff and a right MAC', forge({ blocks: Buffer.alloc(16, 0xff) })],
    [
      'with uneven padding and a right MAC',
      forge({ blocks: Buffer.from('00000000000000000000000000000302', 'hex') }),
    ],
    ['with a MAC over its text', signedAsText()],
    ['with the halves of the key swapped', withSwappedHalves()],
    ['with a bit that stands for nothing', withSpareBit()],
    ['with = in its middle', `${forge().slice(0, 40)}====${forge().slice(40)}`],
    ['with = too many', `${forge()}====`],
    ['with a newline within', `${forge().slice(0, 40)}\n${forge().slice(41)}`],
    ['with a newline', `${forge()}\n`],
    ['with a space before it', ` ${forge()}`],
    ['with + and / for - and _', inStandardAlphabet()],
    ['without its padding', forge({ blocks: Buffer.alloc(32, 16) }).replace(/=+$/, '')],
    ['with a look-alike', forge().replace('A', 'Ł')],
  ])('%s', (_, token) => {
    expect(() => encryption.decrypt(token as string)).toThrow('the token is not valid');
    expect(codeFor(token)).toBe('ENC_TOKEN_INVALID');
  });

  it('with any one bit changed', () => {
    const token = encryption.encrypt('attack at dawn');
    const bytes = Buffer.from(token, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(codeFor(changed.toString('base64url').padEnd(token.length, '='))).toBe(
        'ENC_TOKEN_INVALID',
      );
    }
  });

  it('or is any text (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => codeFor(text) === 'ENC_TOKEN_INVALID'),
    );
    fc.assert(
      fc.property(fc.base64String(), (text) => codeFor(`gAAAAA${text}`) === 'ENC_TOKEN_INVALID'),
    );
  });
});

describe('the age of a token', () => {
  it.each<[string, number, number, string]>([
    ['exactly the limit', 10, 10, 'opened'],
    ['a second over the limit', 11, 10, 'ENC_TOKEN_EXPIRED'],
    ['0, with a limit of 0', 0, 0, 'opened'],
    ['1, with a limit of 0', 1, 0, 'ENC_TOKEN_EXPIRED'],
    ['60 s in the future', -60, 10, 'opened'],
    ['61 s in the future', -61, 10, 'ENC_TOKEN_INVALID'],
  ])('is judged when it is %s', (_, age, ttlSeconds, outcome) => {
    const token = forge({ blocks: Buffer.alloc(16, 16) });
    now = (NOW + age) * 1000;
    expect(codeFor(token, ttlSeconds)).toBe(outcome);
  });

  it.each([2n ** 32n, 2n ** 53n + 1n, 2n ** 64n - 1n])('is compared exactly at %p', (time) => {
    expect(codeFor(forge({ time }), 1)).toBe('ENC_TOKEN_INVALID');
    expect(codeFor(forge({ time }))).toBe('opened');
  });

  it('is not told of a token whose MAC does not hold', () => {
    now = (NOW + 1000) * 1000;
    expect(codeFor(forge({ signing: Buffer.alloc(16, 1) }), 1)).toBe('ENC_TOKEN_INVALID');
  });

  it.each([-1, 1.5, NaN, Infinity, '60'])('has no limit of %p', (ttlSeconds) => {
    expect(() => encryption.decrypt(forge(), { ttlSeconds: ttlSeconds as number })).toThrow(
      RangeError,
    );
  });
});

describe('keys', () => {
  it('are derived from "keys" when there are none of its own, and rotate', async () => {
    const old = (await startServices({ keys: [testKey('old')] })).module.get(EncryptionService);
    const both = (await startServices({ keys: [testKey('new'), testKey('old')] })).module.get(
      EncryptionService,
    );
    const fresh = (await startServices({ keys: [testKey('new')] })).module.get(EncryptionService);
    expect(both.decryptToString(old.encrypt('x'))).toBe('x');
    expect(fresh.decryptToString(both.encrypt('x'))).toBe('x');
    expect(() => fresh.decrypt(old.encrypt('x'))).toThrow('the token is not valid');
  });

  it('of its own rotate, too', async () => {
    const next = `${Buffer.alloc(32, 'abcdefgh').toString('base64url')}=`;
    const both = (
      await startServices({ encryption: { keys: [{ id: 'next', key: next }, KEY] } })
    ).module.get(EncryptionService);
    expect(both.decryptToString(encryption.encrypt('x'))).toBe('x');
    expect(() => encryption.decrypt(both.encrypt('x'))).toThrow('the token is not valid');
  });
});

it('reports refusals with the reason', async () => {
  codeFor(forge({ signing: Buffer.alloc(16, 1) }));
  now = (NOW + 100) * 1000;
  codeFor(forge(), 1);
  await settle();
  const reasons = log.recordsOf('crypt_decrypt_fail').map((record) => record['reason']);
  expect(reasons).toEqual(expect.arrayContaining(['malformed', 'no-matching-key', 'expired']));
});

it('no error shows the plaintext, the token or the key', async () => {
  const secret = 'attack at dawn';
  const revealing: (() => unknown)[] = [
    () => encryption.encrypt(`${secret}\ud800`),
    () => encryption.encrypt(secret.repeat(100)),
    () => encryption.decrypt(`${encryption.encrypt(secret)}=`),
    () => encryption.decrypt(forge({ blocks: Buffer.from(`${secret}\x03\x03`) })),
    () => encryption.decrypt(encryption.encryptAtTime(secret, 5), { ttlSeconds: 5 }),
    () => encryption.decryptToString(encryption.encrypt(Buffer.from(`${secret}\xff`, 'latin1'))),
    () => encryption.open(encryption.encrypt(secret)),
    () => encryption.decrypt(encryption.encrypt(secret), { context: secret }),
    () => encryption.decrypt(encryption.encrypt(secret), { context: [`${secret}\ud800`] }),
  ];
  for (const action of revealing) {
    const error = errorOf(action);
    const shown = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);
    for (const part of [secret, 'gAAAAA', KEY.slice(0, 12)]) expect(shown).not.toContain(part);
    expect(error).not.toHaveProperty('cause');
  }
});

function errorOf(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('this was accepted');
}
