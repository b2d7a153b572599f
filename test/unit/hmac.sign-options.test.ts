import fc from 'fast-check';
import { Secret, type HmacService, type SignOptions } from 'nestjs-security';
import { createHmac, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { startHmac } from '../support/hmac.js';

const KEY = 'a key that is shared with a partner';
const HASHES = ['sha1', 'sha256', 'sha384', 'sha512'] as const;
const ENCODINGS = ['hex', 'base64', 'base64url'] as const;

let hmac: HmacService;
beforeAll(async () => {
  ({ hmac } = await startHmac());
});

describe('sign with options', () => {
  it.each(HASHES.flatMap((algorithm) => ENCODINGS.map((encoding) => ({ algorithm, encoding }))))(
    'gives the $algorithm of a shared key as $encoding',
    (options) => {
      const plain = createHmac(options.algorithm, KEY).update('data').digest(options.encoding);
      const signature = hmac.sign('data', { key: KEY, ...options });
      expect(signature).toBe(`${options.algorithm}=${plain}`);
      expect(hmac.verify('data', signature, { key: KEY, ...options })).toBe(true);
      expect(hmac.verify('date', signature, { key: KEY, ...options })).toBe(false);
      expect(hmac.sign('data', { key: KEY, ...options, prefix: '' })).toBe(plain);
      expect(hmac.sign('data', { key: KEY, ...options, prefix: 'v1=' })).toBe(`v1=${plain}`);
    },
  );

  it('gives other signatures for other hashes and keys', () => {
    const signatures = [
      hmac.sign('data', { prefix: '' }),
      hmac.sign('data', { prefix: '', algorithm: 'sha384' }).slice(0, 64),
      hmac.sign('data', { prefix: '', key: KEY }),
      hmac.sign('data', { prefix: '', key: `${KEY}!` }),
    ];
    expect(new Set(signatures).size).toBe(4);
  });

  it('takes the key in any form', () => {
    const bytes = Buffer.from(KEY);
    const forms = [
      KEY,
      bytes,
      new Uint8Array(bytes),
      Secret.of(KEY),
      Secret.of(bytes),
      createSecretKey(bytes),
    ];
    const signatures = forms.map((key) => hmac.sign('data', { key }));
    expect(new Set(signatures).size).toBe(1);
  });

  it('verifies under any key of a list, of which the first signs', () => {
    const keys = ['the present key of the two', 'the previous key of the two'];
    const [present, previous] = keys.map((key) => hmac.sign('data', { key }));
    expect(hmac.sign('data', { key: keys })).toBe(present);
    expect(hmac.verify('data', previous, { key: keys })).toBe(true);
    expect(hmac.verify('data', previous, { key: keys.slice(0, 1) })).toBe(false);
  });

  it('does not use sha1 under the ring, nor a key that is not there', () => {
    expect(() => hmac.sign('data', { algorithm: 'sha1' })).toThrow('give key');
    expect(() => hmac.verify('data', 'x', { algorithm: 'sha1' })).toThrow(TypeError);
    const options = { key: undefined } as unknown as SignOptions;
    expect(() => hmac.sign('data', options)).toThrow('key is undefined');
  });

  it.each<[string, object]>([
    ['an unknown option', { algorithms: 'sha256' }],
    ['an unknown hash', { algorithm: 'md5' }],
    ['a hash in capitals', { algorithm: 'SHA256' }],
    ['the name of an inherited property', { algorithm: 'constructor' }],
    ['an unknown spelling', { encoding: 'latin1' }],
    ['a prefix with a space', { prefix: 'HMAC ' }],
    ['a prefix of other letters', { prefix: 'é=' }],
    ['a long prefix', { prefix: 'x'.repeat(65) }],
    ['a prefix that is no text', { prefix: 5 }],
  ])('refuses %s', (_, options) => {
    expect(() => hmac.sign('data', options)).toThrow(TypeError);
    expect(() => hmac.verify('data', 'x', options)).toThrow(TypeError);
  });

  it.each<[string, unknown]>([
    ['of 15 bytes', 'x'.repeat(15)],
    ['of 15 bytes as bytes', Buffer.alloc(15)],
    ['of 15 bytes as a KeyObject', createSecretKey(Buffer.alloc(15))],
    ['that is empty', ''],
    ['with white space before it', ` ${KEY}`],
    ['with a line end behind it', `${KEY}\n`],
    ['that was printed and read back', '[redacted]'],
    ['with a lone surrogate', `${KEY}\ud800`],
    ['that is private', generateKeyPairSync('ed25519').privateKey],
    ['that is null', null],
    ['that is a number', 5],
    ['that is a Secret of neither text nor bytes', Secret.of(5)],
    ['in an empty list', []],
    ['in a list with a bad one', [KEY, 'short']],
    ['in a list of 17', Array.from({ length: 17 }, () => KEY)],
  ])('refuses a key %s, and does not show it', (_, key) => {
    const error = errorOf(() => hmac.sign('data', { key } as SignOptions));
    expect(error).toBeInstanceOf(TypeError);
    expect(inspect(error)).not.toContain(KEY);
  });

  it('counts the bytes of a key, not its characters', () => {
    expect(hmac.sign('data', { key: 'ü'.repeat(8) })).toMatch(/^sha256=/);
  });
});

describe('verify with options', () => {
  it.each(ENCODINGS)('takes no other spelling of %s', (encoding) => {
    const options = { key: KEY, algorithm: 'sha256', encoding, prefix: '' } as const;
    const good = hmac.sign('data', options);
    const others = [
      good.toUpperCase() === good ? good.toLowerCase() : good.toUpperCase(),
      `${good}=`,
      `${good}==`,
      good.slice(0, -1),
      ` ${good}`,
      `${good}\n`,
      `${good.slice(0, 20)}\n${good.slice(20)}`,
      good.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
      good.replaceAll('-', '+').replaceAll('_', '/'),
      encodeURIComponent(good),
      'A'.repeat(5000),
    ].filter((text) => text !== good);
    expect(others.length).toBeGreaterThan(7);
    expect(others.filter((text) => hmac.verify('data', text, options))).toEqual([]);
  });

  it.each(['base64', 'base64url'] as const)('takes no %s with spare bits set', (encoding) => {
    const options = { key: KEY, encoding, prefix: '' } as const;
    const good = hmac.sign('data', options);
    const bytes = Buffer.from(good, encoding);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_';
    const at = good.replaceAll('=', '').length - 1;
    const spellings = Array.from(alphabet, (each) => good.slice(0, at) + each + good.slice(at + 1));
    const sameBytes = spellings.filter((text) => Buffer.from(text, encoding).equals(bytes));
    expect(sameBytes.length).toBeGreaterThan(1);
    expect(spellings.filter((text) => hmac.verify('data', text, options))).toEqual([good]);
  });

  it('is true for the one text that sign gives (property)', () => {
    const choice = fc.record({
      algorithm: fc.constantFrom(...HASHES),
      encoding: fc.constantFrom(...ENCODINGS),
      prefix: fc.constantFrom('', 'v1=', 'sha256='),
    });
    fc.assert(
      fc.property(
        choice,
        fc.uint8Array(),
        fc.nat(),
        fc.string({ maxLength: 1 }),
        (options, data, place, other) => {
          const good = hmac.sign(data, { key: KEY, ...options });
          const at = place % good.length;
          const changed = good.slice(0, at) + other + good.slice(at + 1);
          return (
            hmac.verify(data, good, { key: KEY, ...options }) &&
            hmac.verify(data, changed, { key: KEY, ...options }) === (changed === good)
          );
        },
      ),
    );
  });
});

function errorOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
