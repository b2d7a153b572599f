import { readFileSync } from 'node:fs';
import { KeyDerivationService, type DeriveOptions } from 'nestjs-security';
import { notRun } from '../support/not-run.js';
import { pythonWith, runPython } from '../support/python.js';

// In NFD, so that the normalising is seen.
const PASSPHRASE = 'pa\u0302te a\u0300 choux \u{1f950}';
const SALT = Buffer.from('somesaltsomesalt');
const ARGON2ID = 'cryptography.hazmat.primitives.kdf.argon2';

const choices: DeriveOptions[] = [
  {},
  { params: { N: 2 ** 14 }, length: 65, salt: SALT },
  { params: { N: 2 ** 15, r: 1, p: 16 }, salt: SALT.subarray(0, 8) },
  { algorithm: 'pbkdf2-sha256' },
  { algorithm: 'pbkdf2-sha512' },
  { algorithm: 'pbkdf2-sha256', params: { iterations: 1 }, length: 1024, salt: Buffer.alloc(1024) },
];
const argon2Choices: DeriveOptions[] = [
  { algorithm: 'argon2id' },
  { algorithm: 'argon2id', params: { memoryKiB: 64, timeCost: 1, parallelism: 2 }, length: 70 },
];

const keyDerivation = new KeyDerivationService();

describe('Python', () => {
  const plain = pythonWith('hashlib');
  const withCryptography = pythonWith('cryptography');
  const withArgon2 = pythonWith(ARGON2ID);
  if (!plain) notRun('key derivation against Python hashlib');
  if (!withCryptography) notRun('key derivation against Python cryptography');
  if (!withArgon2) notRun('Argon2id against Python cryptography');

  it('derives our keys from the encoded form with the lines of docs/key-derivation.md', async () => {
    if (!plain) return;
    expect(await ourKeysAndPythons(plain, choices)).toHaveLength(choices.length);
  });

  it('does so for Argon2id, too', async () => {
    if (!withArgon2) return;
    expect(await ourKeysAndPythons(withArgon2, argon2Choices)).toHaveLength(argon2Choices.length);
  });

  it('gives with cryptography the keys that we give', async () => {
    if (!withCryptography) return;
    const theirs = runPython<Record<'scrypt' | 'pbkdf2' | 'hkdf' | 'hkdfBare', string>>(
      withCryptography,
      `import json, sys
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
given = json.load(sys.stdin)
passphrase, salt = given["passphrase"].encode(), bytes.fromhex(given["salt"])
print(json.dumps({
    "scrypt": Scrypt(salt=salt, length=48, n=2**15, r=8, p=2).derive(passphrase).hex(),
    "pbkdf2": PBKDF2HMAC(hashes.SHA512(), length=65, salt=salt, iterations=1000).derive(passphrase).hex(),
    "hkdf": HKDF(hashes.SHA384(), length=100, salt=salt, info="für".encode()).derive(passphrase).hex(),
    "hkdfBare": HKDF(hashes.SHA256(), length=32, salt=None, info=None).derive(passphrase).hex(),
}))`,
      { passphrase: PASSPHRASE.normalize('NFC'), salt: SALT.toString('hex') },
    );
    const ikm = PASSPHRASE.normalize('NFC');
    const ours = {
      scrypt: await derived({ salt: SALT, length: 48, params: { N: 2 ** 15, p: 2 } }),
      pbkdf2: await derived({
        algorithm: 'pbkdf2-sha512',
        salt: SALT,
        length: 65,
        params: { iterations: 1000 },
      }),
      hkdf: await stretched(ikm, { salt: SALT, info: 'für', length: 100, hash: 'sha384' }),
      hkdfBare: await stretched(ikm),
    };
    expect(ours).toEqual(theirs);
  });

  it('gives with derive_key_from_password, N=2^14, the Fernet key that we give', async () => {
    if (!withCryptography) return;
    const theirs = runPython<{ key: string; salt: string }>(
      withCryptography,
      `import base64, json, os, sys
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
def derive_key_from_password(password: str, salt: bytes = None) -> tuple[bytes, bytes]:
    if salt is None:
        salt = os.urandom(16)
    kdf = Scrypt(salt=salt, length=32, n=2**14, r=8, p=1)
    key = base64.urlsafe_b64encode(kdf.derive(password.encode()))
    return key, salt
key, salt = derive_key_from_password(json.load(sys.stdin))
print(json.dumps({"key": key.decode(), "salt": salt.hex()}))`,
      PASSPHRASE.normalize('NFC'),
    );
    const salt = Buffer.from(theirs.salt, 'hex');
    const options = { salt, params: { N: 2 ** 14 } };
    const { key } = await keyDerivation.fernetKeyFromPassphrase(PASSPHRASE, options);
    expect(key.reveal()).toBe(theirs.key);
  });
});

/** Derives by every choice, and has Python do the same from the encoded form alone. */
async function ourKeysAndPythons(
  python: string,
  wanted: readonly DeriveOptions[],
): Promise<string[]> {
  const page = readFileSync('docs/key-derivation.md', 'utf8');
  const [, lines = ''] = /```python\n([\s\S]*?)```/.exec(page) ?? [];
  const ours = [];
  for (const options of wanted) ours.push(await keyDerivation.derive(PASSPHRASE, options));
  const theirs = runPython<string[]>(
    python,
    `import json, sys\n${lines}
given = json.load(sys.stdin)
print(json.dumps([derive(given["passphrase"], encoded).hex() for encoded in given["encoded"]]))`,
    { passphrase: PASSPHRASE, encoded: ours.map(({ encoded }) => encoded) },
  );
  expect(ours.map(({ key }) => key.export().toString('hex'))).toEqual(theirs);
  return theirs;
}

async function derived(options: DeriveOptions): Promise<string> {
  return (await keyDerivation.derive(PASSPHRASE, options)).key.export().toString('hex');
}

async function stretched(...given: Parameters<KeyDerivationService['hkdf']>): Promise<string> {
  return (await keyDerivation.hkdf(...given)).export().toString('hex');
}
