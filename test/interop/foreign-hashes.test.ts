import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { PASSWORD_CEILINGS } from '../../lib/password/password-ceilings.js';
import { bcryptHash, parseBcrypt } from '../../lib/password/stored/bcrypt.format.js';
import { symfonyBcryptInput } from '../../lib/password/stored/symfony-bcrypt.js';
import { notRun } from '../support/not-run.js';
import { pythonWith, runPython } from '../support/python.js';
import { typed, verifyForeign } from '../support/stored-formats.js';

type Made = [by: string, password: string, stored: string];

/** Passwords of every length about a block, a cut or a turn of the algorithms, in NFC, some beyond ASCII. */
const passwords = [
  ...[1, 8, 15, 16, 17, 31, 32, 33, 55, 64, 71, 72].map((length) => randomText(length)),
  'pâte à choux 🥐',
  'пароль с пробелами',
  '密码',
  `Ω${randomText(20)}é`,
];

describe('Python', () => {
  const withPasslib = pythonWith('passlib.hash');
  const withDjango = pythonWith('django.contrib.auth.hashers', 'bcrypt', 'argon2');
  const withWerkzeug = pythonWith('werkzeug.security');
  if (!withPasslib) notRun('stored hashes of passlib');
  if (!withDjango) notRun('stored hashes of Django');
  if (!withWerkzeug) notRun('stored hashes of Werkzeug');

  it('passlib makes hashes that verify', async () => {
    if (!withPasslib) return;
    const made = runPython<Made[]>(
      withPasslib,
      `import json, sys
from passlib import hash as h
makers = {
    "atlassian": h.atlassian_pbkdf2_sha1,
    "cta": h.cta_pbkdf2_sha1.using(rounds=77),
    "dlitz": h.dlitz_pbkdf2_sha1.using(rounds=77),
    "dlitz default": h.dlitz_pbkdf2_sha1.using(rounds=400),
    "grub": h.grub_pbkdf2_sha512.using(rounds=77),
    "smd5": h.ldap_salted_md5,
    "ssha": h.ldap_salted_sha1,
    "ssha256": h.ldap_salted_sha256.using(salt_size=16),
    "ssha512": h.ldap_salted_sha512,
    "phpass": h.phpass.using(rounds=7),
    "phpbb": h.phpass.using(rounds=8, ident="$H$"),
    "sha256-crypt": h.sha256_crypt.using(rounds=1001),
    "sha512-crypt": h.sha512_crypt.using(rounds=1042),
    "sha512-crypt default": h.sha512_crypt.using(rounds=5000, salt_size=3),
    "django md5": h.django_salted_md5,
    "django sha1": h.django_salted_sha1,
}
passwords = json.load(sys.stdin)
print(json.dumps([[name, p, maker.hash(p)] for name, maker in makers.items() for p in passwords]))`,
      passwords,
    );
    expect(await verdicts(made)).toEqual({ made: 16 * passwords.length, wrong: [] });
  });

  it("Django's hashers make hashes that verify", async () => {
    if (!withDjango) return;
    const made = runPython<Made[]>(
      withDjango,
      `import json, sys
from django.conf import settings
settings.configure()
from django.contrib.auth import hashers as h
class Argon2(h.Argon2PasswordHasher):
    time_cost, memory_cost, parallelism = 1, 64, 1
class BCrypt(h.BCryptPasswordHasher):
    rounds = 4
class BCryptSHA256(h.BCryptSHA256PasswordHasher):
    rounds = 4
def by(hasher, **more):
    return lambda p: hasher.encode(p, hasher.salt(), **more)
makers = {
    "pbkdf2_sha256": by(h.PBKDF2PasswordHasher(), iterations=77),
    "pbkdf2_sha1": by(h.PBKDF2SHA1PasswordHasher(), iterations=77),
    "argon2": by(Argon2()),
    "bcrypt": by(BCrypt()),
    "bcrypt_sha256": by(BCryptSHA256()),
    "md5": by(h.MD5PasswordHasher()),
    "sha1": by(h.SHA1PasswordHasher()),
}
passwords = json.load(sys.stdin)
print(json.dumps([[name, p, maker(p)] for name, maker in makers.items() for p in passwords]))`,
      passwords,
    );
    expect(await verdicts(made)).toEqual({ made: 7 * passwords.length, wrong: [] });
  });

  it('Werkzeug makes hashes that verify', async () => {
    if (!withWerkzeug) return;
    const made = runPython<Made[]>(
      withWerkzeug,
      `import json, sys, warnings
warnings.simplefilter("ignore")
from werkzeug.security import generate_password_hash
made = []
for p in json.load(sys.stdin):
    for method in ["pbkdf2:sha1:77", "pbkdf2:sha256:77", "pbkdf2:sha512:77", "scrypt:64:8:2", "sha256", "sha512"]:
        try:
            made.append([method, p, generate_password_hash(p, method, 12)])
        except (TypeError, ValueError):
            pass
print(json.dumps(made))`,
      passwords,
    );
    const { made: count, wrong } = await verdicts(made);
    expect(count).toBeGreaterThanOrEqual(3 * passwords.length);
    expect(wrong).toEqual([]);
  });
});

describe('PHP', () => {
  const isThere = spawnSync('php', ['-v']).status === 0;
  if (!isThere) notRun('stored hashes of WordPress, Symfony and crypt of PHP');

  it('makes the hashes of WordPress 6.8 and of crypt that verify', async () => {
    if (!isThere) return;
    const made = runPhp<Made[]>(
      `$made = [];
foreach ($passwords as $p) {
    $input = base64_encode(hash_hmac('sha384', trim($p), 'wp-sha384', true));
    $made[] = ['wordpress', $p, '$wp' . password_hash($input, PASSWORD_BCRYPT, ['cost' => 4])];
    if (str_contains($p, "\\0")) continue; // crypt reads a password only up to a NUL
    $made[] = ['crypt 5', $p, crypt($p, '$5$rounds=1000$' . bin2hex(random_bytes(8)))];
    $made[] = ['crypt 6', $p, crypt($p, '$6$' . bin2hex(random_bytes(4)))];
}
echo json_encode($made);`,
      [...passwords, '  white space \t\n', '\0NUL and\x0Btab\x0B'],
    );
    expect(await verdicts(made)).toEqual({ made: 3 * passwords.length + 4, wrong: [] });
  });

  it("makes the bcrypt of Symfony's hasher that verifies, for long passwords too", async () => {
    if (!isThere) return;
    const made = runPhp<Made[]>(
      `$made = [];
foreach ($passwords as $p) {
    $input = strlen($p) > 72 || str_contains($p, "\\0") ? base64_encode(hash('sha512', $p, true)) : $p;
    $made[] = ['symfony', $p, password_hash($input, PASSWORD_BCRYPT, ['cost' => 4])];
}
echo json_encode($made);`,
      [...passwords, randomText(73), randomText(500), 'é'.repeat(37), 'a\0b', randomText(4096)],
    );
    for (const [, password, stored] of made) {
      const parts = parseBcrypt(stored);
      const use = { format: 'symfony', scheme: 'bcrypt', prepare: symfonyBcryptInput } as const;
      const hash = parts ? bcryptHash(parts, PASSWORD_CEILINGS, use) : 'malformed';
      if (typeof hash === 'string') throw new Error(`${stored} is ${hash}`);
      expect([password, await hash.compute(typed(password))]).toEqual([password, hash.digest]);
      expect(await hash.compute(typed(`${password}x`))).not.toEqual(hash.digest);
    }
  });
});

describe('mkpasswd', () => {
  const isThere = spawnSync('mkpasswd', ['--version']).status === 0;
  if (!isThere) notRun('stored hashes of mkpasswd');

  it('makes hashes that verify', async () => {
    if (!isThere) return;
    const made = ['sha256crypt', 'sha512crypt'].flatMap((method) =>
      passwords.map<Made>((password) => {
        const options = { input: password, encoding: 'utf8' } as const;
        const stored = execFileSync('mkpasswd', ['-s', '-m', method, '-R', '1234'], options);
        return [method, password, stored.trim()];
      }),
    );
    expect(await verdicts(made)).toEqual({ made: 2 * passwords.length, wrong: [] });
  });
});

/** What was made, and what of it does not verify, or verifies another password. */
async function verdicts(made: readonly Made[]): Promise<{ made: number; wrong: unknown[] }> {
  const wrong: unknown[] = [];
  for (const row of made) {
    const [, password, stored] = row;
    // bcrypt cuts after 72 bytes, so another password differs at its beginning.
    const verdict = [
      await verifyForeign(stored, password),
      await verifyForeign(stored, `x${password}`),
    ];
    if (verdict[0] !== true || verdict[1] !== false) wrong.push([...row, ...verdict]);
  }
  return { made: made.length, wrong };
}

function runPhp<T>(script: string, input: readonly string[]): T {
  const program = `$passwords = json_decode(stream_get_contents(STDIN)); ${script}`;
  const options = { input: JSON.stringify(input), encoding: 'utf8' } as const;
  return JSON.parse(execFileSync('php', ['-r', program], options)) as T;
}

/** Printable ASCII without white space. */
function randomText(length: number): string {
  return Array.from(randomBytes(length), (byte) => String.fromCharCode(33 + (byte % 94))).join('');
}
