import fc from 'fast-check';
import { formatArgon2, parseArgon2 } from '../../lib/password/stored/argon2-phc.js';

const salt = 'c29tZXNhbHRzb21lc2FsdA';
const hash = '08SGGcDJOWTOHrI9opI1oxYYPVyI3Xbz6vQjWzSpV7w';
const good = `$argon2id$v=19$m=64,t=2,p=1$${salt}$${hash}`;

describe('a stored Argon2 hash', () => {
  it('is taken apart', () => {
    expect(parseArgon2(good)).toMatchObject({
      variant: 'argon2id',
      version: 19,
      memoryKiB: 64,
      timeCost: 2,
      parallelism: 1,
    });
  });

  it.each(['m=64,t=2,p=1', 'm=64,p=1,t=2', 't=2,p=1,m=64', 'p=1,t=2,m=64'])(
    'may have its parameters as %s',
    (list) => {
      expect(parseArgon2(good.replace('m=64,t=2,p=1', list))).toEqual(parseArgon2(good));
    },
  );

  it('without a version is version 1.0', () => {
    expect(parseArgon2(good.replace('v=19$', ''))?.version).toBe(16);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 7],
    ['an array', [good]],
    ['empty', ''],
    ['bare text', 'password'],
    ['disabled', `!${good}`],
    ['another scheme', good.replace('argon2id', 'argon2x')],
    ['a leading zero', good.replace('m=64', 'm=064')],
    ['hexadecimal', good.replace('m=64', 'm=0x40')],
    ['a fraction', good.replace('m=64', 'm=64.0')],
    ['an exponent', good.replace('m=64', 'm=1e3')],
    ['a sign', good.replace('t=2', 't=-1')],
    ['zero', good.replace('t=2', 't=0')],
    ['11 digits', good.replace('t=2', 't=42949672960')],
    ['a duplicate parameter', good.replace('t=2', 'm=2')],
    ['a missing parameter', good.replace(',p=1', '')],
    ['an unknown parameter', good.replace('p=1', 'p=1,x=1')],
    ['version 18', good.replace('v=19', 'v=18')],
    ['padding', `${good}=`],
    ['junk in the salt', good.replace(salt, `${salt.slice(0, -1)}!`)],
    ['tail bits', `${good.slice(0, -1)}x`],
    ['a short salt', good.replace(salt, 'c2FsdA')],
    ['a short hash', good.replace(hash, 'c2FsdA')],
    ['a newline', `${good}\n`],
    ['a NUL', `${good}\0`],
    ['a space', ` ${good}`],
    ['more than 512 characters', `${good}${'A'.repeat(512)}`],
  ])('is refused when it is or has: %s', (_, stored) => {
    expect(parseArgon2(stored)).toBeUndefined();
  });

  it('is the same after being written again', () => {
    const parts = fc.record({
      variant: fc.constantFrom('argon2id' as const, 'argon2i' as const, 'argon2d' as const),
      version: fc.constantFrom(16 as const, 19 as const),
      memoryKiB: fc.integer({ min: 8, max: 4_000_000_000 }),
      timeCost: fc.integer({ min: 1, max: 4_000_000_000 }),
      parallelism: fc.integer({ min: 1, max: 255 }),
      salt: fc.uint8Array({ minLength: 8, maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
      hash: fc.uint8Array({ minLength: 16, maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    });
    fc.assert(
      fc.property(parts, (value) => expect(parseArgon2(formatArgon2(value))).toEqual(value)),
    );
  });

  it('never throws on any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => parseArgon2(`$argon2id$${text}`) === undefined,
      ),
    );
  });
});
