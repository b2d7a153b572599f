import * as argon2 from 'argon2';
import { hash as hashBcrypt } from '@node-rs/bcrypt';
import { PasswordService } from 'nestjs-security';
import { hashesDuring } from '../support/hashes-during.js';
import { startServices } from '../support/services.js';

const COMPOSED = 'p\u00e2te';
const DECOMPOSED = 'pa\u0302te';
const CHEAP = { memoryKiB: 64, timeCost: 2, parallelism: 1 };

async function passwordsWith(options: object = {}): Promise<PasswordService> {
  const { module } = await startServices({ password: { ...CHEAP, ...options } });
  return module.get(PasswordService);
}

/** A hash of the text as it is, as software makes it that does not normalise. */
function rawHash(text: string): Promise<string> {
  return argon2.hash(text, { memoryCost: 64, timeCost: 2, parallelism: 1 });
}

describe('a password that can be written in two ways', () => {
  it('is one password', async () => {
    const passwords = await passwordsWith();
    expect(await passwords.verify(await passwords.hash(COMPOSED), DECOMPOSED)).toBe(true);
    expect(await passwords.verify(await passwords.hash(DECOMPOSED), COMPOSED)).toBe(true);
  });

  it('does not match a hash of software that did not normalise, unless told to try', async () => {
    const stored = await rawHash(DECOMPOSED);
    expect(await (await passwordsWith()).verify(stored, DECOMPOSED)).toBe(false);
    const passwords = await passwordsWith({ rawUnicodeFallback: true });
    expect(await passwords.verify(stored, DECOMPOSED)).toBe(true);
    expect(await passwords.verify(stored, COMPOSED)).toBe(false);
  });

  it('is hashed in its one form after such a match', async () => {
    const passwords = await passwordsWith({ rawUnicodeFallback: true });
    const stored = await rawHash(DECOMPOSED);
    const { needsRehash, newHash } = await passwords.verifyAndUpgrade(stored, DECOMPOSED);
    expect(needsRehash).toBe(true);
    expect(await (await passwordsWith()).verify(newHash, COMPOSED)).toBe(true);
  });

  it.each<[string, string | null]>([
    ['a wrong password', 'right'],
    ['an unknown user', null],
    ['a malformed hash', 'junk'],
    ['a disabled account', '!'],
  ])('costs two hashes at every failure while it is told to try: %s', async (_, value) => {
    const passwords = await passwordsWith({ rawUnicodeFallback: true });
    const stored = value === 'right' ? await passwords.hash('another') : value;
    expect(await hashesDuring(() => passwords.verify(stored, DECOMPOSED))).toBe(2);
    expect(await hashesDuring(() => passwords.verify(stored, COMPOSED))).toBe(1);
  });
});

describe('longBcrypt', () => {
  it('symfony takes the SHA-512 of a long password', async () => {
    const { createHash } = await import('node:crypto');
    const long = 'x'.repeat(100);
    const stored = await hashBcrypt(createHash('sha512').update(long).digest('base64'), 4);
    expect(await (await passwordsWith({ longBcrypt: 'symfony' })).verify(stored, long)).toBe(true);
    expect(await (await passwordsWith()).verify(stored, long)).toBe(false);
  });

  it('leaves short ones alone', async () => {
    const stored = await hashBcrypt('x'.repeat(72), 4);
    for (const longBcrypt of ['symfony', 'truncated']) {
      expect(await (await passwordsWith({ longBcrypt })).verify(stored, 'x'.repeat(72))).toBe(true);
    }
  });
});
