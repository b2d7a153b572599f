import { createHash, randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { EncryptionService, PasswordService } from 'nestjs-security';
import { testKey, testSecret } from '../support/keys.js';
import { notRun } from '../support/not-run.js';
import { pythonWith, runPython } from '../support/python.js';
import { startServices } from '../support/services.js';

const KEY = `${testSecret('shared with Python')}=`;
const lengths = [0, 1, 15, 16, 17, 1000, 70_000];

describe('Python', () => {
  const withFernet = pythonWith('cryptography');
  const withArgon2 = pythonWith('argon2');
  const plain = pythonWith('hashlib');
  if (!withFernet) notRun('interop with Python cryptography');
  if (!withArgon2) notRun('interop with Python argon2-cffi');
  if (!plain) notRun('the Python lines of docs/keys.md');

  it('opens our Fernet tokens, and we open its', async () => {
    if (!withFernet) return;
    const { module } = await startServices({ encryption: { keys: [KEY] } });
    const encryption = module.get(EncryptionService);
    const data = lengths.map((length) => randomBytes(length));
    const result = runPython<{ opened: string[]; tokens: string[] }>(
      withFernet,
      `import json, sys, base64
from cryptography.fernet import Fernet
given = json.load(sys.stdin)
f = Fernet(given["key"].encode())
opened = [base64.b64encode(f.decrypt(t.encode(), ttl=60)).decode() for t in given["tokens"]]
print(json.dumps({"opened": opened, "tokens": [f.encrypt(base64.b64decode(d)).decode() for d in opened]}))`,
      { key: KEY, tokens: data.map((bytes) => encryption.encrypt(bytes)) },
    );
    expect(result.opened).toEqual(data.map((bytes) => bytes.toString('base64')));
    expect(result.tokens.map((token) => encryption.decrypt(token, { ttlSeconds: 60 }))).toEqual(
      data,
    );
  });

  it('verifies our Argon2 hashes, and we verify its', async () => {
    if (!withArgon2) return;
    const { module } = await startServices();
    const passwords = module.get(PasswordService);
    const result = runPython<{ verified: boolean; hash: string; wrong: string }>(
      withArgon2,
      `import json, sys, argon2
given = json.load(sys.stdin)
ph = argon2.PasswordHasher(time_cost=2, memory_cost=64, parallelism=2)
try:
    wrong = str(ph.verify(given["hash"], "wrong"))
except argon2.exceptions.VerifyMismatchError:
    wrong = "mismatch"
print(json.dumps({"verified": ph.verify(given["hash"], given["password"]), "wrong": wrong, "hash": ph.hash(given["password"])}))`,
      { password: 'pâte à choux', hash: await passwords.hash('pâte à choux') },
    );
    expect([result.verified, result.wrong]).toEqual([true, 'mismatch']);
    expect(await passwords.verify(result.hash, 'pâte à choux')).toBe(true);
    expect(await passwords.verify(result.hash, 'pate a choux')).toBe(false);
  });

  it('derives our keys with the lines of docs/keys.md', async () => {
    if (!plain || !withFernet) return;
    const [, lines = ''] =
      /```python\n([\s\S]*?)```/.exec(readFileSync('docs/keys.md', 'utf8')) ?? [];
    const { module } = await startServices({ keys: [testKey('a')] });
    const token = module.get(EncryptionService).encrypt('from Node');
    const opened = runPython<string>(
      withFernet,
      `import json, sys, base64
given = json.load(sys.stdin)
${lines}
secret = base64.urlsafe_b64decode(given["secret"] + "=")
from cryptography.fernet import Fernet
key = base64.urlsafe_b64encode(derive(secret, "fernet"))
print(json.dumps(Fernet(key).decrypt(given["token"].encode()).decode()))`,
      { secret: testSecret('a'), token },
    );
    expect(opened).toBe('from Node');
  });

  it('opens what we encrypted, of random lengths up to 70,000, and we open what it did', async () => {
    if (!withFernet) return;
    const { module } = await startServices({ encryption: { keys: [KEY] } });
    const encryption = module.get(EncryptionService);
    const data = Array.from({ length: 200 }, () => randomBytes(randomInt(70_001)));
    const digests = data.map((bytes) => sha256(bytes));
    const result = runPython<{ digests: string[]; tokens: string[]; times: number[] }>(
      withFernet,
      `import hashlib, json, os, sys
from cryptography.fernet import Fernet
given = json.load(sys.stdin)
f = Fernet(given["key"].encode())
opened = [f.decrypt(t.encode()) for t in given["tokens"]]
print(json.dumps({
    "digests": [hashlib.sha256(d).hexdigest() for d in opened],
    "times": [f.extract_timestamp(t.encode()) for t in given["tokens"]],
    "tokens": [f.encrypt_at_time(d, 1500000000).decode() for d in opened],
}))`,
      { key: KEY, tokens: data.map((bytes, at) => encryption.encryptAtTime(bytes, at)) },
    );
    expect(result.digests).toEqual(digests);
    expect(result.times).toEqual(data.map((_, at) => at));
    const opened = result.tokens.map((token) => encryption.decryptDetailed(token));
    expect(opened.map(({ plaintext }) => sha256(plaintext))).toEqual(digests);
    expect(new Set(opened.map(({ createdAt }) => createdAt))).toEqual(new Set([1_500_000_000]));
  });

  it('opens contexts, rings and stored forms with the lines of docs/encryption.md', async () => {
    if (!withFernet) return;
    const page = readFileSync('docs/encryption.md', 'utf8');
    const [, lines = ''] = /```python\n([\s\S]*?)```/.exec(page) ?? [];
    const { module } = await startServices({
      keys: [testKey('a')],
      encryption: { rings: { pii: {}, partner: { keys: [{ id: 'p', key: KEY }] } } },
    });
    const encryption = module.get(EncryptionService);
    const choices = [undefined, 'pii', 'partner'].flatMap((ring) =>
      [undefined, 'a', ['users.straße', '7', '']].map((context) => ({
        ...(ring !== undefined && { ring }),
        ...(context !== undefined && { context }),
      })),
    );
    const sealed = choices.map((choice) => ({
      value: encryption.seal(JSON.stringify(choice), choice),
      ring: choice.ring ?? '',
      context: [choice.context ?? []].flat(),
    }));
    // As it is said: without a context, keys of the ring's own are used as they are.
    const underived = sealed.filter(({ ring, context }) => ring === 'partner' && !context.length);
    const opened = runPython<string[]>(
      withFernet,
      `import json, sys
given = json.load(sys.stdin)
${lines}
secrets = {id: base64.urlsafe_b64decode(key) for id, key in given["secrets"].items()}
def opened(value, context, ring):
    if ring == "partner" and not context:
        return Fernet(given["secrets"]["p"].encode()).decrypt(value.split(".")[2].encode())
    return open_sealed(secrets, value, context, ring)
print(json.dumps([opened(**each).decode() for each in given["sealed"]]))`,
      { secrets: { a: `${testSecret('a')}=`, p: KEY }, sealed },
    );
    expect(underived).toHaveLength(1);
    expect(opened).toEqual(choices.map((choice) => JSON.stringify(choice)));
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
