import { createHash, createHmac, createSecretKey } from 'node:crypto';
import * as argon2 from 'argon2';
import {
  Keyring,
  KeyProvider,
  PasswordService,
  type KeyEntry,
  type KeyState,
} from 'nestjs-security';
import { deriveKey } from '../../lib/keyring/derive-key.js';
import { parseArgon2 } from '../../lib/password/stored/argon2-phc.js';
import { hashesDuring } from '../support/hashes-during.js';
import { testKey, testSecret } from '../support/keys.js';
import { refusalOf } from '../support/refusal.js';
import { startServices } from '../support/services.js';

const PASSWORD = 'correct horse battery staple';
const CHEAP = { memoryKiB: 64, timeCost: 2, parallelism: 1 };
const PEPPERED = { ...CHEAP, pepper: 'keyring' } as const;
const BCRYPT = { scheme: 'bcrypt', bcryptCost: 4, pepper: 'keyring' } as const;
const [A, B] = [testKey('a'), testKey('b')];

async function passwordsWith(keys: KeyEntry[], password: object): Promise<PasswordService> {
  const { module } = await startServices({ keys, password });
  return module.get(PasswordService);
}

/** The pepper that docs/keys.md lets anyone derive. */
function pepperOf(id: string): Buffer {
  const secret = Buffer.from(testSecret(id), 'base64url');
  return deriveKey(createSecretKey(secret), 'password-pepper');
}

function keyIdOf(id: string): string {
  const bytes = createHash('sha256').update(id).digest().subarray(0, 8);
  return bytes.toString('base64').replaceAll('=', '');
}

describe('a pepper', () => {
  it('is off unless asked for', async () => {
    const passwords = await passwordsWith([A], CHEAP);
    expect(await passwords.hash(PASSWORD)).toMatch(/^\$argon2id\$v=19\$m=64,t=2,p=1\$/);
  });

  it('is named in the hash and is the secret of Argon2', async () => {
    const passwords = await passwordsWith([A], PEPPERED);
    const stored = await passwords.hash(PASSWORD);
    expect(stored.startsWith(`$argon2id$v=19$m=64,t=2,p=1,keyid=${keyIdOf('a')}$`)).toBe(true);
    const { salt, hash } = parseArgon2(stored) ?? { salt: Buffer.alloc(8) };
    const expected = await argon2.hash(PASSWORD, {
      raw: true,
      salt,
      memoryCost: 64,
      timeCost: 2,
      parallelism: 1,
      secret: pepperOf('a'),
    });
    expect(hash).toEqual(expected);
    expect(passwords.identify(stored)?.pepperKeyId).toBe('a');
  });

  it('is needed to verify: without its key the hash is unsupported, at the cost of one hash', async () => {
    const stored = await (await passwordsWith([A], PEPPERED)).hash(PASSWORD);
    const other = await passwordsWith([B], PEPPERED);
    expect(await hashesDuring(() => other.verify(stored, PASSWORD))).toBe(1);
    expect(await other.verifyAndUpgrade(stored, PASSWORD)).toMatchObject({
      ok: false,
      reason: 'unsupported',
    });
    expect(await (await passwordsWith([A], CHEAP)).verify(stored, PASSWORD)).toBe(true);
  });

  it('turns by rehashing: the old one verifies once, in one hash, and is replaced', async () => {
    const stored = await (await passwordsWith([A], PEPPERED)).hash(PASSWORD);
    const passwords = await passwordsWith([B, A], PEPPERED);
    expect(await hashesDuring(() => passwords.verify(stored, PASSWORD))).toBe(1);
    expect(passwords.rehashReasons(stored)).toEqual(['pepper']);
    const { newHash } = await passwords.verifyAndUpgrade(stored, PASSWORD);
    expect(newHash).toContain(`keyid=${keyIdOf('b')}$`);
    expect(passwords.rehashReasons(newHash)).toEqual([]);
  });

  it('of a revoked key still verifies, and is replaced', async () => {
    const stored = await (await passwordsWith([A], PEPPERED)).hash(PASSWORD);
    const keys: KeyEntry[] = [
      { ...B, state: 'primary' },
      { ...A, state: 'revoked' },
    ];
    const passwords = await passwordsWith(keys, PEPPERED);
    expect(await passwords.verify(stored, PASSWORD)).toBe(true);
    expect(passwords.rehashReasons(stored)).toEqual(['pepper']);
  });

  it('is that of the key that is named, until that key is revoked', async () => {
    const named = await passwordsWith([B, A], { ...PEPPERED, pepperKeyId: 'a' });
    expect(await named.hash(PASSWORD)).toContain(`keyid=${keyIdOf('a')}$`);
    const keys: KeyEntry[] = [
      { ...B, state: 'primary' },
      { ...A, state: 'revoked' },
    ];
    const revoked = await passwordsWith(keys, { ...PEPPERED, pepperKeyId: 'a' });
    expect(await revoked.hash(PASSWORD)).toContain(`keyid=${keyIdOf('b')}$`);
  });

  it('keeps its key from being removed, unless somebody counts the hashes', async () => {
    const { module } = await startServices({ keys: [B, A], password: PEPPERED });
    const keyring = module.get(Keyring);
    const blocked = {
      code: 'KEY_USAGE_UNKNOWN',
      message: expect.stringContaining('password-pepper'),
    };
    await expect(keyring.assertRetirable('a')).rejects.toMatchObject(blocked);
    const withoutPepper = await startServices({ keys: [B, A], password: CHEAP });
    await expect(withoutPepper.module.get(Keyring).assertRetirable('a')).rejects.toMatchObject({
      message: expect.not.stringContaining('password-pepper'),
    });
  });

  it('that is named and not there stops the start', async () => {
    const start = passwordsWith([A], { ...PEPPERED, pepperKeyId: 'c' });
    await expect(start).rejects.toMatchObject({ code: 'PWD_PEPPER_UNKNOWN' });
    await expect(start).rejects.toThrow('password.pepperKeyId names "c"');
  });

  it('is never that of a staged key, which other nodes may not have yet', async () => {
    const keys: KeyEntry[] = [
      { ...A, state: 'primary' },
      { ...B, state: 'staged' },
    ];
    const start = passwordsWith(keys, { ...PEPPERED, pepperKeyId: 'b' });
    await expect(start).rejects.toMatchObject({ code: 'PWD_PEPPER_UNKNOWN' });
    await expect(start).rejects.toThrow('"b", which is staged');
  });

  it.each([
    ['pepperKeyId', { pepperKeyId: 'a' }],
    ['acceptUnpeppered', { acceptUnpeppered: true }],
  ])('is asked for, or the start is refused: %s', (name, password) => {
    const refusal = refusalOf({ keys: [A], password });
    expect(refusal).toContain(`password.${name} has no effect without a pepper`);
  });

  it.each<[string, string | null, string]>([
    ['a wrong password', 'plain', 'wrong'],
    ['the right one', 'plain', PASSWORD],
    ['an unknown user', null, PASSWORD],
    ['a malformed hash', 'junk', PASSWORD],
    ['a password of 5 kB', 'plain', 'x'.repeat(5000)],
  ])(
    'of keys that are stale fails for all alike, computing nothing: %s',
    async (_, value, typed) => {
      const plain = await (await passwordsWith([A], CHEAP)).hash(PASSWORD);
      const { module } = await startServices({
        keys: [A],
        password: { ...PEPPERED, acceptUnpeppered: true },
      });
      const passwords = module.get(PasswordService);
      module.get(Keyring).expire();
      const work = async () => {
        const verdict = passwords.verify(value === 'plain' ? plain : value, typed);
        await expect(verdict).rejects.toMatchObject({ code: 'KEY_RING_STALE', status: 503 });
      };
      expect(await hashesDuring(work)).toBe(0);
    },
  );

  it('follows the keys of a running application: one more, one revoked, one gone', async () => {
    const { module } = await startServices({ keys: [A], password: PEPPERED });
    const [passwords, keyring] = [module.get(PasswordService), module.get(Keyring)];
    const keyOf = (id: string, state: KeyState) => ({
      id,
      state,
      key: createSecretKey(Buffer.from(testSecret(id), 'base64url')),
    });
    const first = await passwords.hash(PASSWORD);
    keyring.update([keyOf('b', 'primary'), keyOf('a', 'accepted')]);
    expect(passwords.rehashReasons(first)).toEqual(['pepper']);
    const second = await passwords.hash(PASSWORD);
    expect(passwords.identify(second)?.pepperKeyId).toBe('b');

    keyring.update([keyOf('c', 'primary'), keyOf('b', 'accepted'), keyOf('a', 'revoked')]);
    for (const stored of [first, second]) {
      expect(passwords.rehashReasons(stored)).toEqual(['pepper']);
      expect(await passwords.verify(stored, PASSWORD)).toBe(true);
    }

    keyring.update([keyOf('c', 'primary')]);
    for (const stored of [first, second]) {
      const { newHash } = await passwords.verifyAndUpgrade(stored, PASSWORD);
      expect(passwords.identify(newHash)?.pepperKeyId).toBe('c');
      expect(passwords.rehashReasons(newHash)).toEqual([]);
    }
  });

  it('must be named where keys turn by themselves, since peppers turn on command only', () => {
    class Turning extends KeyProvider {
      override readonly name = 'turning';
      override load = () => Promise.reject(new Error('never asked'));
    }
    const refusal = refusalOf({ keys: new Turning(), password: { pepper: 'keyring' } });
    expect(refusal).toContain('password.pepperKeyId is needed');
  });
});

describe('a hash without a pepper, where one is asked for', () => {
  it('is refused, so that nobody can put in one of their own making', async () => {
    const stored = await (await passwordsWith([A], CHEAP)).hash(PASSWORD);
    const passwords = await passwordsWith([A], PEPPERED);
    expect(await passwords.verifyAndUpgrade(stored, PASSWORD)).toMatchObject({
      ok: false,
      reason: 'unsupported',
    });
    expect(passwords.isUsable(stored)).toBe(false);
  });

  it('verifies while a migration says so, and gets one', async () => {
    const stored = await (await passwordsWith([A], CHEAP)).hash(PASSWORD);
    const passwords = await passwordsWith([A], { ...PEPPERED, acceptUnpeppered: true });
    const { ok, newHash } = await passwords.verifyAndUpgrade(stored, PASSWORD);
    expect(ok).toBe(true);
    expect(newHash).toContain('keyid=');
  });
});

describe('a pepper of a scheme that knows none', () => {
  it.each<[object, RegExp]>([
    [BCRYPT, /^\$pepper\$v=1,keyid=[A-Za-z0-9+/]{11}\$2b\$04\$.{53}$/],
    [
      { ...BCRYPT, scheme: 'bcrypt-sha256' },
      /^\$pepper\$v=1,keyid=.{11}\$bcrypt-sha256\$v=2,t=2b,r=4\$/,
    ],
    [
      { scheme: 'scrypt', scryptCost: 4, pepper: 'keyring' },
      /^\$pepper\$v=1,keyid=.{11}\$scrypt\$ln=4,r=8,p=1\$/,
    ],
    [
      { scheme: 'pbkdf2-sha512', pbkdf2Iterations: 2, pepper: 'keyring' },
      /^\$pepper\$v=1,keyid=.{11}\$pbkdf2-sha512\$2\$/,
    ],
  ])('is named before the hash: %j', async (options, form) => {
    const passwords = await passwordsWith([A], options);
    const stored = await passwords.hash('x'.repeat(300));
    expect(stored).toMatch(form);
    expect(passwords.rehashReasons(stored)).toEqual([]);
    expect(await passwords.verify(stored, 'x'.repeat(300))).toBe(true);
    expect(await passwords.verify(stored, 'x'.repeat(299))).toBe(false);
    const other = await passwordsWith([B], options);
    expect(await other.verify(stored, 'x'.repeat(300))).toBe(false);
  });

  it('is HMAC-SHA-384, in base64, so that bcrypt takes all of a long password', async () => {
    const passwords = await passwordsWith([A], BCRYPT);
    const stored = await passwords.hash(PASSWORD);
    const inner = stored.slice(stored.indexOf('$2b$'));
    const hashed = createHmac('sha384', pepperOf('a')).update(PASSWORD).digest('base64');
    const { verify } = await import('@node-rs/bcrypt');
    expect(await verify(hashed, inner)).toBe(true);
    expect(await passwords.verify(inner, PASSWORD)).toBe(false);
  });

  it.each([
    '',
    '$',
    '$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$08SGGcDJOWTOHrI9opI1oxYYPVyI3Xbz6vQjWzSpV7w',
    '$pepper$v=1,keyid=AAAAAAAAAAA$2b$04$x',
  ])('holds nothing else: $pepper$v=1,keyid=…%s', async (inner) => {
    const passwords = await passwordsWith([A], BCRYPT);
    const stored = `$pepper$v=1,keyid=${keyIdOf('a')}${inner}`;
    expect(await passwords.verifyAndUpgrade(stored, PASSWORD)).toMatchObject({
      reason: 'malformed',
    });
  });
});
