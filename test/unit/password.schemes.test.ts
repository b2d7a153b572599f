import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import * as nodeRsArgon2 from '@node-rs/argon2';
import { PasswordService } from 'nestjs-security';
import { refusalOf } from '../support/refusal.js';
import { testKey } from '../support/keys.js';
import { startServices } from '../support/services.js';

const PASSWORD = 'pâte à choux 🥐';

async function passwordsWith(password: object): Promise<PasswordService> {
  const { module } = await startServices({ password });
  return module.get(PasswordService);
}

describe('new hashes', () => {
  it.each<[object, RegExp]>([
    [{ scheme: 'bcrypt', bcryptCost: 4 }, /^\$2b\$04\$[./A-Za-z0-9]{53}$/],
    [
      { scheme: 'bcrypt-sha256', bcryptCost: 4 },
      /^\$bcrypt-sha256\$v=2,t=2b,r=4\$[./A-Za-z0-9]{22}\$[./A-Za-z0-9]{31}$/,
    ],
    [
      { scheme: 'scrypt', scryptCost: 4 },
      /^\$scrypt\$ln=4,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    ],
    [
      { scheme: 'pbkdf2-sha256', pbkdf2Iterations: 10 },
      /^\$pbkdf2-sha256\$10\$[A-Za-z0-9./]{22}\$[A-Za-z0-9./]{43}$/,
    ],
    [
      { scheme: 'pbkdf2-sha512', pbkdf2Iterations: 10 },
      /^\$pbkdf2-sha512\$10\$[A-Za-z0-9./]{22}\$[A-Za-z0-9./]{86}$/,
    ],
    [
      { backend: '@node-rs/argon2', memoryKiB: 64, timeCost: 1, parallelism: 2 },
      /^\$argon2id\$v=19\$m=64,t=1,p=2\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    ],
  ])('of %j have one form, verify, and need no rehash', async (options, form) => {
    const passwords = await passwordsWith(options);
    const stored = await passwords.hash(PASSWORD);
    expect(stored).toMatch(form);
    expect(await passwords.hash(PASSWORD)).not.toBe(stored);
    expect(await passwords.verify(stored, PASSWORD)).toBe(true);
    expect(await passwords.verify(stored, `${PASSWORD}.`)).toBe(false);
    expect(passwords.rehashReasons(stored)).toEqual([]);
  });

  it.each([
    [{ scheme: 'bcrypt' }, { cost: 12 }],
    [{ scheme: 'scrypt' }, { N: 131_072, r: 8, p: 1 }],
    [{ scheme: 'pbkdf2-sha256' }, { iterations: 600_000 }],
    [{ scheme: 'pbkdf2-sha512' }, { iterations: 210_000 }],
  ])('of %j have the parameters of the guide or of OWASP', async (options, parameters) => {
    const passwords = await passwordsWith(options);
    expect(passwords.identify(await passwords.hash('x'))?.parameters).toEqual(parameters);
  });

  it.each([
    ['guide', 65_536, 3, 4],
    ['owasp-19', 19_456, 2, 1],
    ['owasp-46', 47_104, 1, 1],
    ['rfc9106-low', 65_536, 3, 4],
  ])('of the profile %s', async (profile, memoryKiB, timeCost, parallelism) => {
    const passwords = await passwordsWith({ profile });
    expect(passwords.identify(await passwords.hash('x'))?.parameters).toEqual({
      memoryKiB,
      timeCost,
      parallelism,
      version: 19,
    });
  });

  it('have single parameters changed within a profile', async () => {
    const passwords = await passwordsWith({ profile: 'owasp-19', memoryKiB: 64 });
    expect(await passwords.hash('x')).toContain('$m=64,t=2,p=1$');
  });
});

describe('both libraries of Argon2', () => {
  it('verify the hashes of each other', async () => {
    const cheap = { memoryKiB: 64, timeCost: 2, parallelism: 2 };
    const [one, other] = [
      await passwordsWith(cheap),
      await passwordsWith({ ...cheap, backend: '@node-rs/argon2' }),
    ];
    expect(await other.verify(await one.hash(PASSWORD), PASSWORD)).toBe(true);
    expect(await one.verify(await other.hash(PASSWORD), PASSWORD)).toBe(true);
    expect(await nodeRsArgon2.verify(await one.hash(PASSWORD), PASSWORD)).toBe(true);
  });
});

describe('bcrypt', () => {
  const options = { scheme: 'bcrypt', bcryptCost: 4 };

  it.each([
    ['of more than 72 bytes', 'x'.repeat(73)],
    ['of 72 characters that are more bytes', `${'x'.repeat(71)}ü`],
    ['with a zero byte', 'a\0b'],
  ])('does not hash a password %s', async (_, password) => {
    const passwords = await passwordsWith(options);
    await expect(passwords.hash(password)).rejects.toMatchObject({
      code: 'PWD_UNUSABLE',
      status: 400,
    });
  });

  it('hashes one of 72 bytes whole', async () => {
    const passwords = await passwordsWith(options);
    const stored = await passwords.hash('x'.repeat(72));
    expect(await passwords.verify(stored, 'x'.repeat(71))).toBe(false);
    expect(await verifyBcrypt('x'.repeat(72), stored)).toBe(true);
  });

  it('verifies a hash of which other software cut the password, and says so', async () => {
    const { hash } = await import('@node-rs/bcrypt');
    const stored = await hash('x'.repeat(100), 4);
    const passwords = await passwordsWith({ scheme: 'bcrypt-sha256', bcryptCost: 4 });
    const verdict = await passwords.verifyAndUpgrade(stored, 'x'.repeat(100));
    expect(verdict).toMatchObject({ ok: true, needsRehash: true });
    expect(await passwords.verify(verdict.newHash, 'x'.repeat(99))).toBe(false);
    expect(await passwords.verify(stored, `${'x'.repeat(71)}y`)).toBe(false);
  });

  it('of whole passwords of any length is bcrypt-sha256', async () => {
    const passwords = await passwordsWith({ scheme: 'bcrypt-sha256', bcryptCost: 4 });
    const stored = await passwords.hash('x'.repeat(4000));
    expect(await passwords.verify(stored, 'x'.repeat(4000))).toBe(true);
    expect(await passwords.verify(stored, 'x'.repeat(3999))).toBe(false);
  });
});

describe('options that cannot be meant', () => {
  const keys = [testKey('a')];
  it.each<[object, string]>([
    [{ scheme: 'bcrypt', memoryKiB: 64 }, 'password.memoryKiB has no effect on bcrypt'],
    [{ scheme: 'scrypt', profile: 'guide' }, 'password.profile has no effect on scrypt'],
    [{ bcryptCost: 12 }, 'password.bcryptCost has no effect on argon2id'],
    [
      { profile: 'rfc9106-high' },
      'memoryKiB may be at most 262144. Ask for less, or raise ceilings.argon2MemoryKiB to 2097152',
    ],
    [
      { profile: 'rfc9106-high', ceilings: { argon2MemoryKiB: 2_097_152 } },
      'raise ceilings.argon2MemoryKiBPasses to 2097152',
    ],
    [{ scheme: 'bcrypt', bcryptCost: 16 }, 'raise ceilings.bcryptCost to 16'],
    [{ scheme: 'scrypt', scryptCost: 23 }, 'may be at most 262144. Ask for less.'],
    [{ scheme: 'scrypt', scryptCost: 19 }, 'raise ceilings.scryptMemoryKiB to 524288'],
    [
      { scheme: 'pbkdf2-sha256', pbkdf2Iterations: 6_000_000 },
      'raise ceilings.pbkdf2Iterations to 6000000',
    ],
    [{ scheme: 'argon2i' }, 'password.scheme must be one of argon2id, bcrypt'],
    [{ profile: 'best' }, 'password.profile must be one of guide,'],
    [{ acceptUnpeppered: 'yes' }, 'password.acceptUnpeppered must be true or false.'],
    [{ ceilings: { argon2Memory: 5 } }, 'Did you mean "argon2MemoryKiB"?'],
  ])('stop the start: %j', (password, message) => {
    expect(refusalOf({ keys, password })).toContain(message);
  });
});
