import { jest } from '@jest/globals';
import * as argon2 from 'argon2';
import { PasswordService } from 'nestjs-security';
import { parseArgon2 } from '../../lib/password/stored/argon2-phc.js';
import { settle, startServices } from '../support/services.js';

const CHEAP = { memoryKiB: 64, timeCost: 2, parallelism: 1 };
const PASSWORD = 'correct horse battery staple';

async function start(password: object = CHEAP) {
  const { module, log } = await startServices({ password });
  return { passwords: module.get(PasswordService), log };
}

/** A hash as a service with these options makes it. */
async function hashBy(password: object): Promise<string> {
  const { passwords } = await start(password);
  return passwords.hash(PASSWORD);
}

/** A hash as npm argon2 0.45 spells it: `m,p,t`. */
async function hashByArgon2(memoryCost: number, timeCost: number): Promise<string> {
  const stored = await argon2.hash(PASSWORD, { memoryCost, timeCost, parallelism: 1 });
  return stored.replace(/(t=\d+),(p=\d+)/, '$2,$1');
}

describe('rehashReasons', () => {
  it('are none for a hash of today', async () => {
    const { passwords } = await start();
    const stored = await passwords.hash(PASSWORD);
    expect(passwords.rehashReasons(stored)).toEqual([]);
    expect(passwords.needsRehash(stored)).toBe(false);
  });

  it.each<[string, object, string[]]>([
    ['less memory', { memoryKiB: 32, timeCost: 2, parallelism: 1 }, ['parameters']],
    ['fewer passes', { memoryKiB: 64, timeCost: 1, parallelism: 1 }, ['parameters']],
    [
      'much less memory, more passes',
      { memoryKiB: 8, timeCost: 16, parallelism: 1 },
      ['parameters'],
    ],
    ['more memory', { memoryKiB: 128, timeCost: 2, parallelism: 1 }, []],
    ['more passes', { memoryKiB: 64, timeCost: 3, parallelism: 1 }, []],
    ['more lanes', { memoryKiB: 64, timeCost: 2, parallelism: 2 }, []],
    ['another scheme', { scheme: 'scrypt', scryptCost: 10 }, ['scheme']],
    ['bcrypt', { scheme: 'bcrypt', bcryptCost: 4 }, ['scheme']],
  ])('of a hash with %s', async (_, made, reasons) => {
    const stored = await hashBy(made);
    const { passwords } = await start();
    expect(passwords.rehashReasons(stored)).toEqual(reasons);
    expect(passwords.needsRehash(stored)).toBe(reasons.length > 0);
  });

  it('names the spelling of npm argon2, which Python and PHP do not read', async () => {
    const { passwords } = await start();
    expect(passwords.rehashReasons(await hashByArgon2(64, 2))).toEqual(['spelling']);
  });

  it('names old versions, other variants, short salts and short digests', async () => {
    const { passwords } = await start();
    const stored = await argon2.hash(PASSWORD, {
      memoryCost: 64,
      timeCost: 2,
      parallelism: 1,
      type: argon2.argon2i,
      version: 0x10,
      hashLength: 16,
      salt: Buffer.from('8 bytes!'),
    });
    expect(passwords.rehashReasons(stored)).toEqual(['scheme', 'version', 'salt']);
    const short = await argon2.hash(PASSWORD, {
      memoryCost: 64,
      timeCost: 2,
      parallelism: 1,
      hashLength: 16,
    });
    expect(passwords.rehashReasons(short)).toEqual(['length']);
  });

  it('leave a stronger scheme alone, unless it is a weak instance of it', async () => {
    const strong = await hashBy({ profile: 'owasp-19' });
    const weak = await hashBy({ memoryKiB: 8, timeCost: 1, parallelism: 1 });
    const { passwords } = await start({ scheme: 'bcrypt', bcryptCost: 4 });
    expect(passwords.rehashReasons(strong)).toEqual([]);
    expect(passwords.rehashReasons(weak)).toEqual(['scheme']);
  });

  it.each([null, undefined, '', '!', 'junk', '$y$j75$abc'])('are none for %p', async (stored) => {
    const { passwords } = await start();
    expect(passwords.rehashReasons(stored)).toEqual([]);
    expect(passwords.needsRehash(stored)).toBe(false);
  });
});

describe('verifyAndUpgrade', () => {
  it('gives a new hash for a weaker one, which needs no other', async () => {
    const stored = await hashBy({ memoryKiB: 8, timeCost: 1, parallelism: 1 });
    const { passwords } = await start();
    const verdict = await passwords.verifyAndUpgrade(stored, PASSWORD);
    expect(verdict).toEqual({
      ok: true,
      reason: 'match',
      needsRehash: true,
      newHash: expect.stringMatching(/^\$argon2id\$v=19\$m=64,t=2,p=1\$/),
    });
    expect(await passwords.verifyAndUpgrade(verdict.newHash, PASSWORD)).toEqual({
      ok: true,
      reason: 'match',
      needsRehash: false,
    });
  });

  it('gives none for a wrong password', async () => {
    const stored = await hashBy({ memoryKiB: 8, timeCost: 1, parallelism: 1 });
    const { passwords } = await start();
    expect(await passwords.verifyAndUpgrade(stored, 'wrong')).toEqual({
      ok: false,
      reason: 'mismatch',
      needsRehash: false,
    });
  });

  it('never makes a hash weaker: one that is only spelt otherwise keeps its parameters', async () => {
    const { passwords } = await start();
    const { newHash } = await passwords.verifyAndUpgrade(await hashByArgon2(256, 5), PASSWORD);
    expect(newHash).toMatch(/^\$argon2id\$v=19\$m=256,t=5,p=1\$/);
  });

  it.each<[object, RegExp]>([
    [{ scheme: 'pbkdf2-sha256', pbkdf2Iterations: 1000 }, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/],
    [{ scheme: 'bcrypt', bcryptCost: 4 }, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/],
    [{ scheme: 'scrypt', scryptCost: 4 }, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/],
  ])(
    'never makes a hash weaker: a stronger scheme that is only misspelt is kept by %j',
    async (options, form) => {
      const { passwords } = await start(options);
      const stored = await hashByArgon2(19_456, 2);
      expect(passwords.rehashReasons(stored)).toEqual(['spelling']);
      const { newHash } = await passwords.verifyAndUpgrade(stored, PASSWORD);
      expect(newHash).toMatch(form);
      expect(passwords.rehashReasons(newHash)).toEqual([]);
    },
  );

  it('never makes a hash weaker: the cost of bcrypt goes on into bcrypt-sha256, and back', async () => {
    const schemes = ['bcrypt', 'bcrypt-sha256'] as const;
    for (const [from, to] of [schemes, schemes.toReversed()]) {
      const stored = await hashBy({ scheme: from, bcryptCost: 6 });
      const { passwords } = await start({ scheme: to, bcryptCost: 4 });
      const { newHash } = await passwords.verifyAndUpgrade(stored, PASSWORD);
      expect(passwords.identify(newHash)).toMatchObject({ scheme: to, parameters: { cost: 6 } });
    }
  });

  it('never makes a hash weaker: Argon2i and Argon2d become Argon2id of their own parameters', async () => {
    for (const type of [argon2.argon2i, argon2.argon2d]) {
      const parameters = { memoryCost: 19_456, timeCost: 3, parallelism: 1 };
      const stored = await argon2.hash(PASSWORD, { ...parameters, type });
      for (const options of [CHEAP, { scheme: 'bcrypt', bcryptCost: 4 }]) {
        const { passwords } = await start(options);
        const { newHash = stored } = await passwords.verifyAndUpgrade(stored, PASSWORD);
        expect(parseArgon2(newHash)).toMatchObject({ memoryKiB: 19_456, timeCost: 3 });
      }
    }
  });

  it('never makes a hash weaker: PBKDF2 of the other hash is replaced where it is no stronger', async () => {
    const sha256 = await hashBy({ scheme: 'pbkdf2-sha256', pbkdf2Iterations: 6000 });
    const weaker = await start({ scheme: 'pbkdf2-sha512', pbkdf2Iterations: 2000 });
    expect(weaker.passwords.rehashReasons(sha256)).toEqual([]);
    const equal = await start({ scheme: 'pbkdf2-sha512', pbkdf2Iterations: 2100 });
    expect(equal.passwords.rehashReasons(sha256)).toEqual(['scheme']);
  });

  it.each<[string, string | null | undefined, string, string]>([
    ['nothing stored', null, PASSWORD, 'no-hash'],
    ['an unknown user', undefined, PASSWORD, 'no-hash'],
    ['a disabled account', '!x', PASSWORD, 'disabled'],
    ['junk', 'junk', PASSWORD, 'malformed'],
    ['yescrypt', '$y$j75$5guQM3GV/rtgN22L5.NRV1$gwMZYk', PASSWORD, 'unsupported'],
    [
      'too much work',
      '$argon2id$v=19$m=4194304,t=3,p=4$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf',
      PASSWORD,
      'out-of-bounds',
    ],
    ['a password of 5 kB', '!', 'x'.repeat(5000), 'too-long'],
    ['a lone surrogate', '!', '\ud800', 'ill-formed-unicode'],
  ])('says why it refuses %s', async (_, stored, password, reason) => {
    const { passwords } = await start();
    expect(await passwords.verifyAndUpgrade(stored, password)).toEqual({
      ok: false,
      reason,
      needsRehash: false,
    });
  });

  it('stands by a match when no new hash can be made', async () => {
    const long = 'x'.repeat(80);
    const { passwords: old } = await start({ scheme: 'bcrypt-sha256', bcryptCost: 4 });
    const stored = await old.hash(long);
    const { passwords, log } = await start({ scheme: 'bcrypt', bcryptCost: 5 });
    expect(await passwords.verifyAndUpgrade(stored, long)).toEqual({
      ok: true,
      reason: 'match',
      needsRehash: true,
    });
    await settle();
    expect(log.recordsOf('password_rehash_failed')).toMatchObject([{ reason: 'not-created' }]);
  });
});

describe('login', () => {
  const weak = { memoryKiB: 8, timeCost: 1, parallelism: 1 };

  it('has a due hash stored in the place of the one that was verified', async () => {
    const stored = await hashBy(weak);
    const { passwords, log } = await start();
    const onRehash = jest.fn<(oldHash: string, newHash: string) => Promise<boolean>>();
    onRehash.mockResolvedValue(true);
    expect(await passwords.login({ stored, password: PASSWORD, onRehash })).toEqual({
      ok: true,
      reason: 'match',
      needsRehash: true,
      rehashed: true,
    });
    const [[oldHash, newHash] = ['', '']] = onRehash.mock.calls;
    expect(oldHash).toBe(stored);
    expect(parseArgon2(newHash)).toMatchObject({ memoryKiB: 64, timeCost: 2, parallelism: 1 });
    expect(await passwords.verify(newHash, PASSWORD)).toBe(true);
    await settle();
    expect(log.events()).toContain('password_rehashed');
  });

  it('succeeds when storing throws, and counts it', async () => {
    const stored = await hashBy(weak);
    const { passwords, log } = await start();
    const onRehash = () => Promise.reject(new Error(`no connection for ${PASSWORD}`));
    expect(await passwords.login({ stored, password: PASSWORD, onRehash })).toEqual({
      ok: true,
      reason: 'match',
      needsRehash: true,
      rehashed: false,
    });
    await settle();
    expect(log.recordsOf('password_rehash_failed')).toMatchObject([{ reason: 'not-stored' }]);
    expect(JSON.stringify(log.records)).not.toContain(PASSWORD);
  });

  it('succeeds when it throws at once, and when another login was faster', async () => {
    const stored = await hashBy(weak);
    const { passwords, log } = await start();
    const thrower = (): never => {
      throw new Error('not now');
    };
    for (const onRehash of [thrower, () => false, async () => false]) {
      expect(await passwords.login({ stored, password: PASSWORD, onRehash })).toMatchObject({
        ok: true,
        rehashed: false,
      });
    }
    await settle();
    expect(log.events()).not.toContain('password_rehashed');
  });

  it('calls nobody without need, or for a wrong password', async () => {
    const { passwords } = await start();
    const onRehash = jest.fn();
    const stored = await passwords.hash(PASSWORD);
    expect(await passwords.login({ stored, password: PASSWORD, onRehash })).toMatchObject({
      ok: true,
      needsRehash: false,
      rehashed: false,
    });
    const old = await hashBy(weak);
    expect(await passwords.login({ stored: old, password: 'wrong', onRehash })).toMatchObject({
      ok: false,
      rehashed: false,
    });
    expect(await passwords.login({ stored: undefined, password: 'x', onRehash })).toMatchObject({
      ok: false,
      reason: 'no-hash',
    });
    expect(onRehash).not.toHaveBeenCalled();
  });

  it('refuses a misspelt option', async () => {
    const { passwords } = await start();
    const options = { stored: null, password: 'x', onReHash: () => true };
    await expect(passwords.login(options)).rejects.toThrow('Did you mean "onRehash"?');
  });
});

describe('identify, disable and isUsable', () => {
  it('tell what a hash is', async () => {
    const { passwords } = await start();
    expect(passwords.identify(await passwords.hash(PASSWORD))).toEqual({
      scheme: 'argon2id',
      format: 'native',
      parameters: { memoryKiB: 64, timeCost: 2, parallelism: 1, version: 19 },
      saltBytes: 16,
      digestBytes: 32,
    });
    expect(passwords.identify('$y$j75$abc')).toBeUndefined();
  });

  it('give a mark that no password matches, each time another', async () => {
    const { passwords } = await start();
    const mark = passwords.disable();
    expect(mark).toMatch(/^![\w-]{40}$/);
    expect(passwords.disable()).not.toBe(mark);
    expect(await passwords.verify(mark, mark)).toBe(false);
    expect(await passwords.verify(mark, mark.slice(1))).toBe(false);
    expect([mark, null, '', 'junk'].map((stored) => passwords.isUsable(stored))).not.toContain(
      true,
    );
    expect(passwords.isUsable(await passwords.hash(PASSWORD))).toBe(true);
  });
});
