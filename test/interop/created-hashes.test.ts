import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { PasswordService } from 'nestjs-security';
import { notRun } from '../support/not-run.js';
import { pythonWith, runPython } from '../support/python.js';
import { startServices } from '../support/services.js';

const PASSWORDS = [
  'correct horse battery staple',
  'p',
  'pâte à choux 🥐',
  'Ιωαννης',
  randomBytes(24).toString('base64'),
];
const ARGON2 = { memoryKiB: 64, timeCost: 2, parallelism: 2 };

async function hashesWith(password: object): Promise<{ stored: string; password: string }[]> {
  const { module } = await startServices({ password });
  const service = module.get(PasswordService);
  return Promise.all(
    PASSWORDS.map(async (text) => ({ stored: await service.hash(text), password: text })),
  );
}

describe('our hashes', () => {
  const withArgon2 = pythonWith('argon2');
  const withBcrypt = pythonWith('bcrypt');
  const withPasslib = pythonWith('passlib');
  const hasPhp = spawnSync('php', ['-v']).status === 0;
  if (!withArgon2) notRun('hashes verified by Python argon2-cffi');
  if (!withBcrypt) notRun('hashes verified by Python bcrypt');
  if (!withPasslib) notRun('hashes verified by Python passlib');
  if (!hasPhp) notRun('hashes verified by PHP');

  it('of Argon2id are verified by argon2-cffi, which finds nothing to rehash', async () => {
    if (!withArgon2) return;
    const hashes = [
      ...(await hashesWith(ARGON2)),
      ...(await hashesWith({ ...ARGON2, backend: '@node-rs/argon2' })),
    ];
    const verdicts = runPython<[boolean, boolean][]>(
      withArgon2,
      `import json, sys, argon2
ph = argon2.PasswordHasher(time_cost=2, memory_cost=64, parallelism=2, hash_len=32, salt_len=16)
print(json.dumps([[ph.verify(h["stored"], h["password"]), ph.check_needs_rehash(h["stored"])] for h in json.load(sys.stdin)]))`,
      hashes,
    );
    expect(verdicts).toEqual(hashes.map(() => [true, false]));
  });

  it('of bcrypt are verified by Python bcrypt', async () => {
    if (!withBcrypt) return;
    const hashes = await hashesWith({ scheme: 'bcrypt', bcryptCost: 4 });
    const verdicts = runPython<boolean[][]>(
      withBcrypt,
      `import json, sys, bcrypt
print(json.dumps([[bcrypt.checkpw(p.encode(), h["stored"].encode()) for p in (h["password"], h["password"] + "x")] for h in json.load(sys.stdin)]))`,
      hashes,
    );
    expect(verdicts).toEqual(hashes.map(() => [true, false]));
  });

  it.each([
    ['bcrypt_sha256', { scheme: 'bcrypt-sha256', bcryptCost: 4 }],
    ['scrypt', { scheme: 'scrypt', scryptCost: 6 }],
    ['pbkdf2_sha256', { scheme: 'pbkdf2-sha256', pbkdf2Iterations: 1000 }],
    ['pbkdf2_sha512', { scheme: 'pbkdf2-sha512', pbkdf2Iterations: 1000 }],
    ['argon2', ARGON2],
  ])('are verified by %s of passlib', async (handler, options) => {
    if (!withPasslib) return;
    const hashes = await hashesWith(options);
    const verdicts = runPython<boolean[][]>(
      withPasslib,
      `import json, sys
from passlib.hash import ${handler} as handler
print(json.dumps([[handler.identify(h["stored"]), handler.verify(h["password"], h["stored"]), handler.verify(h["password"] + "x", h["stored"])] for h in json.load(sys.stdin)]))`,
      hashes,
    );
    expect(verdicts).toEqual(hashes.map(() => [true, true, false]));
  });

  it('of Argon2id and bcrypt are verified by password_verify of PHP', async () => {
    if (!hasPhp) return;
    const hashes = [
      ...(await hashesWith(ARGON2)),
      ...(await hashesWith({ scheme: 'bcrypt', bcryptCost: 4 })),
    ];
    const script =
      'echo json_encode(array_map(fn($h) => [password_verify($h["password"], $h["stored"]), password_verify($h["password"] . "x", $h["stored"])], json_decode(stream_get_contents(STDIN), true)));';
    const { stdout } = spawnSync('php', ['-r', script], { input: JSON.stringify(hashes) });
    expect(JSON.parse(stdout.toString())).toEqual(hashes.map(() => [true, false]));
  });
});
