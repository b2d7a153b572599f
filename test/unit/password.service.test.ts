import { PasswordService, Secret } from 'nestjs-security';
import type { TestingAuditLog } from 'nestjs-security/testing';
import { hashesDuring } from '../support/hashes-during.js';
import { settle, startServices } from '../support/services.js';

let passwords: PasswordService;
let log: TestingAuditLog;
let stored: string;

beforeAll(async () => {
  const started = await startServices();
  ({ log } = started);
  passwords = started.module.get(PasswordService);
  stored = await passwords.hash('correct horse battery staple');
});

describe('a new hash', () => {
  it("has the guide's parameters by default, in canonical form", async () => {
    const { module } = await startServices({ password: {} });
    expect(await module.get(PasswordService).hash('x')).toMatch(
      /^\$argon2id\$v=19\$m=65536,t=3,p=4\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    );
  });

  it('has a salt of its own', async () => {
    expect(await passwords.hash('same')).not.toBe(await passwords.hash('same'));
  });

  it.each([
    ['empty', ''],
    ['what a printed Secret leaves', '[redacted]'],
    ['of more than 4096 bytes', 'ü'.repeat(2049)],
    ['with a lone surrogate', 'a\ud800'],
  ])('is not made of a password that is %s', async (_, password) => {
    await expect(passwords.hash(password)).rejects.toMatchObject({ code: 'PWD_UNUSABLE' });
  });

  it.each([null, undefined, 5, ['x'], {}])('is not made of %p', async (password) => {
    await expect(passwords.hash(password as string)).rejects.toThrow(TypeError);
  });

  it('is made of 4096 bytes, and of a NUL', async () => {
    expect(await passwords.verify(await passwords.hash('x'.repeat(4096)), 'x'.repeat(4096))).toBe(
      true,
    );
    expect(await passwords.verify(await passwords.hash('a\0b'), 'a\0c')).toBe(false);
  });
});

describe('verify', () => {
  it('knows the password, as text or as a Secret', async () => {
    expect(await passwords.verify(stored, 'correct horse battery staple')).toBe(true);
    expect(await passwords.verify(stored, Secret.of('correct horse battery staple'))).toBe(true);
  });

  it('takes composed and decomposed letters for the same', async () => {
    expect(await passwords.verify(await passwords.hash('pâte'), 'pa\u0302te')).toBe(true);
  });

  it.each<[string, string | null | undefined, string, string]>([
    ['wrong password', undefined, 'mismatch', 'wrong'],
    ['unknown user', null, 'no-hash', 'x'],
    ['empty stored value', '', 'no-hash', 'x'],
    ['malformed stored value', 'locked', 'malformed', 'x'],
    ['disabled account', '!locked', 'disabled', 'x'],
    [
      '4 TiB of memory asked for',
      '$argon2id$v=19$m=4194304,t=3,p=4$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf',
      'out-of-bounds',
      'x',
    ],
    [
      '2^32-1 passes asked for',
      '$argon2id$v=19$m=64,t=4294967295,p=4$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf',
      'out-of-bounds',
      'x',
    ],
    ['empty password', undefined, 'empty', ''],
    ['password of 5 kB', undefined, 'too-long', 'x'.repeat(5000)],
    ['lone surrogate', undefined, 'ill-formed-unicode', '\ud800'],
  ])('answers false, and reports why: %s', async (_, value, reason, password) => {
    expect(await passwords.verify(value === undefined ? stored : value, password)).toBe(false);
    await settle();
    const reasons = log.recordsOf('password_refused').map((record) => record['reason']);
    expect(reasons).toContain(reason);
  });

  it.each<[string, string | null, string]>([
    ['a match', 'right', 'x'],
    ['a wrong password', 'right', 'y'],
    ['an unknown user', null, 'x'],
    ['a malformed hash', '!', 'x'],
    [
      'a hash out of bounds',
      '$argon2id$v=19$m=4194304,t=3,p=4$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf',
      'x',
    ],
    ['an empty password', 'right', ''],
    ['a huge password', 'right', 'x'.repeat(5000)],
  ])('costs exactly one hash for %s', async (_, value, password) => {
    const hash = value === 'right' ? await passwords.hash('x') : value;
    expect(await hashesDuring(() => passwords.verify(hash, password))).toBe(1);
  });

  it('reports a match', async () => {
    await passwords.verify(stored, 'correct horse battery staple');
    await settle();
    expect(log.events()).toContain('password_verified');
  });

  it.each<unknown>([null, undefined, 5, ['x']])(
    'throws for the password %p, which is no text',
    async (password) => {
      await expect(passwords.verify(stored, password as string)).rejects.toThrow(TypeError);
    },
  );
});
