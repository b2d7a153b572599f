import fc from 'fast-check';
import { PasswordService } from 'nestjs-security';
import { usablePassword } from '../../lib/password/usable-password.js';
import { readStored } from '../../lib/password/stored/read-stored.js';
import { hashesDuring } from '../support/hashes-during.js';
import { READING_RULES as rules } from '../support/stored-formats.js';
import { startServices } from '../support/services.js';

const SALT = 'c29tZXNhbHRzb21lc2FsdA';
const HASH = '08SGGcDJOWTOHrI9opI1oxYYPVyI3Xbz6vQjWzSpV7w';
const argon2 = (parameters: string): string => `$argon2id$v=19$${parameters}$${SALT}$${HASH}`;
const bcrypt = (cost: string): string =>
  `$2b$${cost}$LSrKjFXps4Y.xCR7YC/y/.FZ49m8jrTCJ1ztTQ7NtJUWlVTE.9d4i`;
const scrypt = (parameters: string): string => `$scrypt$${parameters}$${SALT}$${HASH}`;
const pbkdf2 = (iterations: string): string => `$pbkdf2-sha256$${iterations}$${SALT}$${HASH}`;

const HOSTILE: readonly [string, unknown, string][] = [
  ['null', null, 'no-hash'],
  ['undefined', undefined, 'no-hash'],
  ['nothing', '', 'no-hash'],
  ['a mark', '!x', 'disabled'],
  ['an asterisk', '*', 'disabled'],
  ['a number', 7, 'malformed'],
  ['an object', { toString: () => argon2('m=64,t=2,p=1') }, 'malformed'],
  ['an array', [argon2('m=64,t=2,p=1')], 'malformed'],
  ['bare text', 'hunter2', 'malformed'],
  ['1,025 characters', `${argon2('m=64,t=2,p=1')}${'A'.repeat(1025)}`, 'malformed'],
  ['a NUL at the end', `${argon2('m=64,t=2,p=1')}\0`, 'malformed'],
  ['a line end', `${argon2('m=64,t=2,p=1')}\r\n`, 'malformed'],
  ['a space before', ` ${argon2('m=64,t=2,p=1')}`, 'malformed'],
  ['a repeated parameter', argon2('m=64,m=64,p=1'), 'malformed'],
  ['a repeated key id', argon2('m=64,t=2,p=1,keyid=AAAA,keyid=AAAA'), 'malformed'],
  ['a missing parameter', argon2('m=64,t=2'), 'malformed'],
  ['an unknown parameter', argon2('m=64,t=2,p=1,x=1'), 'malformed'],
  ['m=064', argon2('m=064,t=2,p=1'), 'malformed'],
  ['m=0x40', argon2('m=0x40,t=2,p=1'), 'malformed'],
  ['m=64.0', argon2('m=64.0,t=2,p=1'), 'malformed'],
  ['m=1e3', argon2('m=1e3,t=2,p=1'), 'malformed'],
  ['m=-1', argon2('m=-1,t=2,p=1'), 'malformed'],
  ['m=+64', argon2('m=+64,t=2,p=1'), 'malformed'],
  ['m=2^32', argon2('m=4294967296,t=2,p=1'), 'malformed'],
  ['m=10^30', argon2(`m=1${'0'.repeat(30)},t=2,p=1`), 'malformed'],
  ['m < 8p', argon2('m=31,t=2,p=4'), 'malformed'],
  ['t=0', argon2('m=64,t=0,p=1'), 'malformed'],
  ['p=0', argon2('m=64,t=2,p=0'), 'malformed'],
  ['4 GiB of Argon2', argon2('m=4194304,t=1,p=1'), 'out-of-bounds'],
  ['256 MiB and a KiB', argon2('m=262145,t=1,p=1'), 'out-of-bounds'],
  ['2^32-1 passes', argon2('m=64,t=4294967295,p=1'), 'out-of-bounds'],
  ['17 passes', argon2('m=64,t=17,p=1'), 'out-of-bounds'],
  ['17 lanes', argon2('m=256,t=1,p=17'), 'out-of-bounds'],
  ['5 passes of 256 MiB', argon2('m=262144,t=5,p=1'), 'out-of-bounds'],
  ['padding', `${argon2('m=64,t=2,p=1')}=`, 'malformed'],
  ['tail bits', `${argon2('m=64,t=2,p=1').slice(0, -1)}x`, 'malformed'],
  ['a look-alike letter', argon2('m=64,t=2,p=1').replace('0', '\u0660'), 'malformed'],
  ['$argon2x$', argon2('m=64,t=2,p=1').replace('argon2id', 'argon2x'), 'unsupported'],
  ['bcrypt cost 3', bcrypt('03'), 'malformed'],
  ['bcrypt cost 4 in one digit', bcrypt('4'), 'malformed'],
  ['bcrypt cost 32', bcrypt('32'), 'malformed'],
  ['bcrypt cost 16', bcrypt('16'), 'out-of-bounds'],
  ['bcrypt cost 31', bcrypt('31'), 'out-of-bounds'],
  ['bcrypt of 59 characters', bcrypt('04').slice(0, -1), 'malformed'],
  ['bcrypt of 61 characters', `${bcrypt('04')}a`, 'malformed'],
  ['bcrypt with a +', bcrypt('04').replace('.', '+'), 'malformed'],
  ['$2x$', bcrypt('04').replace('2b', '2x'), 'unsupported'],
  ['scrypt ln=0', scrypt('ln=0,r=8,p=1'), 'malformed'],
  ['scrypt ln=32', scrypt('ln=32,r=1,p=1'), 'malformed'],
  ['scrypt ln=31', scrypt('ln=31,r=8,p=1'), 'out-of-bounds'],
  ['scrypt r=0', scrypt('ln=4,r=0,p=1'), 'malformed'],
  ['scrypt p=17', scrypt('ln=4,r=8,p=17'), 'out-of-bounds'],
  ['scrypt r=2^30', scrypt('ln=1,r=1073741824,p=1'), 'malformed'],
  ['scrypt r=2^22', scrypt('ln=1,r=4194304,p=1'), 'out-of-bounds'],
  ['scrypt in another order', scrypt('r=8,ln=4,p=1'), 'unsupported'],
  ['PBKDF2 of 0 rounds', pbkdf2('0'), 'malformed'],
  ['PBKDF2 of 10^9 rounds', pbkdf2('1000000000'), 'out-of-bounds'],
  ['PBKDF2 of 5,000,001 rounds', pbkdf2('5000001'), 'out-of-bounds'],
  ['PBKDF2 of 10^10 rounds', pbkdf2('10000000000'), 'malformed'],
  ['PBKDF2 of 010 rounds', pbkdf2('010'), 'malformed'],
];

describe('a stored value', () => {
  it.each(HOSTILE)('is refused, and why is told: %s', (_, stored, reason) => {
    expect(readStored(stored, rules)).toBe(reason);
  });

  it.each(HOSTILE)('costs one hash of today, whatever it asks for: %s', async (_, stored) => {
    const { module } = await startServices();
    const passwords = module.get(PasswordService);
    const work = async () =>
      expect(await passwords.verify(stored as string, 'password')).toBe(false);
    expect(await hashesDuring(work)).toBe(1);
  });

  it('never throws, and is read again as the same, whatever it is', () => {
    const beginnings = fc.constantFrom(
      '$argon2id$v=19$',
      '$2b$',
      '$scrypt$ln=',
      '$pbkdf2-sha256$',
      '$bcrypt-sha256$',
      '$pepper$v=1,keyid=AAAAAAAAAAA',
      '',
    );
    fc.assert(
      fc.property(beginnings, fc.string({ unit: 'binary', maxLength: 200 }), (start, rest) => {
        const result = readStored(start + rest, rules);
        expect(typeof result === 'string' || result.digest.length >= 16).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('of 1 MB is not looked at', () => {
    const huge = `$argon2id$v=19$${'m=1,'.repeat(262_144)}`;
    // Looking at each would take longer than a test may.
    for (let round = 0; round < 1_000_000; round += 1) {
      if (readStored(huge, rules) !== 'malformed') throw new Error('a megabyte was read');
    }
    expect(readStored(huge, rules)).toBe('malformed');
  });
});

describe('a password', () => {
  it('of half a gigabyte is not looked at', async () => {
    const { module } = await startServices();
    const passwords = module.get(PasswordService);
    const huge = '\u65e5'.repeat(2 ** 28);
    const startedAt = performance.now();
    expect(() => usablePassword(huge)).toThrow('more than 4096 bytes');
    expect(performance.now() - startedAt).toBeLessThan(100);
    expect(await hashesDuring(() => passwords.verify(null, huge))).toBe(1);
  });
});
