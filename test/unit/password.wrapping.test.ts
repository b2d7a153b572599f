import { PasswordService } from 'nestjs-security';
import { startServices } from '../support/services.js';

/** MD5 of `password`. */
const MD5 = { algorithm: 'md5', digest: '5f4dcc3b5aa765d61d8327deb882cf99' } as const;
const CHEAP = { memoryKiB: 64, timeCost: 2, parallelism: 1 };

async function start(password: object): Promise<PasswordService> {
  const { module } = await startServices({ password });
  return module.get(PasswordService);
}

describe('A digest that the service wrapped', () => {
  it.each<[string, object, RegExp]>([
    ['Argon2id', CHEAP, /^\$wrapped\$v=1,digest=md5\$argon2id\$v=19\$m=64,t=2,p=1\$/],
    ['bcrypt', { scheme: 'bcrypt', bcryptCost: 4 }, /\$m=65536,t=3,p=4\$/],
    ['Argon2id with a pepper', { ...CHEAP, pepper: 'keyring' }, /\$m=64,t=2,p=1,keyid=/],
  ])('verifies, and is replaced at the next login: %s', async (_, options, form) => {
    const passwords = await start(options);
    const stored = await passwords.wrapLegacy(MD5);
    expect(stored).toMatch(form);
    expect(await passwords.verify(stored, 'passwort')).toBe(false);
    expect(passwords.rehashReasons(stored)).toContain('layout');
    const { ok, newHash } = await passwords.verifyAndUpgrade(stored, 'password');
    expect(ok).toBe(true);
    expect(passwords.rehashReasons(newHash)).toEqual([]);
    expect(await passwords.verify(newHash, 'password')).toBe(true);
  });

  it('is refused where the ceilings would never let it verify', async () => {
    const passwords = await start({
      scheme: 'pbkdf2-sha256',
      pbkdf2Iterations: 1000,
      ceilings: { argon2MemoryKiB: 32_768 },
    });
    const wrapping = passwords.wrapLegacy(MD5);
    await expect(wrapping).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(wrapping).rejects.toThrow('password.ceilings must allow what wrapLegacy makes');
  });
});
