import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readDjangoSigned, readItsdangerous, type HmacService } from 'nestjs-security';
import { startHmac } from '../support/hmac.js';
import { testKey, testSecret } from '../support/keys.js';
import { notRun } from '../support/not-run.js';
import { pythonWith, runPython } from '../support/python.js';

const KEY = 'a key that both programs have';
const HASHES = ['sha1', 'sha256', 'sha384', 'sha512'] as const;
const PAYLOADS = [
  {},
  { b: [1, 2.5, null, true], a: { é: 'café € 😀', '\u{1f600}': 1, '\ufb33': 2 } },
  { text: '\u0000\b\f\n\r\t"\\/\u007f\u2028<>&', n: [0, -7, 9007199254740991, 0.0001, 1e15 + 0.5] },
  ['x', [], [[]], { '': '' }],
];

describe('hmac and json of Python', () => {
  const python = pythonWith('hmac');
  if (!python) notRun('interop with Python hmac');
  let hmac: HmacService;
  beforeAll(async () => {
    ({ hmac } = await startHmac({ clock: Date.now, keys: [testKey('a')] }));
  });

  it('sign and verify data as we do', () => {
    if (!python) return;
    const data = [0, 1, 63, 64, 65, 5000].map((length) => randomBytes(length));
    const rows = data.flatMap((bytes) =>
      HASHES.map((algorithm) => ({
        algorithm,
        bytes: bytes.toString('hex'),
        signature: hmac.sign(bytes, { key: KEY, algorithm }),
      })),
    );
    const theirs = runPython<string[]>(
      python,
      `import hashlib, hmac, json, sys
given = json.load(sys.stdin)
def sign(row):
    data = bytes.fromhex(row["bytes"])
    mac = hmac.new(given["key"].encode(), data, getattr(hashlib, row["algorithm"])).hexdigest()
    assert hmac.compare_digest(row["algorithm"] + "=" + mac, row["signature"])
    return row["algorithm"] + "=" + mac
print(json.dumps([sign(row) for row in given["rows"]]))`,
      { key: KEY, rows },
    );
    rows.forEach(({ bytes, algorithm }, at) => {
      const options = { key: KEY, algorithm };
      expect(hmac.verify(Buffer.from(bytes, 'hex'), theirs[at], options)).toBe(true);
    });
  });

  it('sign and verify payloads as we do', () => {
    if (!python) return;
    const options = { key: KEY, canonicalization: 'python-json' } as const;
    const theirs = runPython<string[]>(
      python,
      `import hashlib, hmac, json, sys
given = json.load(sys.stdin)
def sign(payload):
    text = json.dumps(payload, sort_keys=True)
    return "sha256=" + hmac.new(given["key"].encode(), text.encode(), hashlib.sha256).hexdigest()
print(json.dumps([sign(payload) for payload in given["payloads"]]))`,
      { key: KEY, payloads: PAYLOADS },
    );
    expect(PAYLOADS.map((payload) => hmac.signPayload(payload, options))).toEqual(theirs);
    PAYLOADS.forEach((payload, at) => {
      expect(hmac.verifyPayload(payload, theirs[at], options)).toBe(true);
    });
  });

  it('make and read the tokens of the guide as we do', () => {
    if (!python) return;
    const data = ['user-42', 'a:b:c', '', 'file/é.pdf'];
    const ours = data.map((each) => hmac.createSignedToken(each, { key: KEY, ttlSeconds: 60 }));
    const { read, made } = runPython<{ read: string[]; made: string[] }>(
      python,
      `import hashlib, hmac, json, sys, time
given = json.load(sys.stdin)
key = given["key"].encode()
def make(data, ttl):
    message = f"{data}:{int(time.time()) + ttl}"
    return message + ":" + hmac.new(key, message.encode(), hashlib.sha256).hexdigest()
def read(token):
    data, expires, mac = token.rsplit(":", 2)
    expected = hmac.new(key, f"{data}:{expires}".encode(), hashlib.sha256).hexdigest()
    return data if hmac.compare_digest(mac, expected) and int(time.time()) <= int(expires) else None
print(json.dumps({"read": [read(t) for t in given["tokens"]], "made": [make(d, 60) for d in given["data"]]}))`,
      { key: KEY, tokens: ours, data },
    );
    expect(read).toEqual(data);
    expect(made.map((token) => hmac.verifySignedToken(token, { key: KEY }))).toEqual(data);
  });

  it('verify our tokens, cookies and signatures with the lines of docs/signatures.md', () => {
    if (!python) return;
    const page = readFileSync('docs/signatures.md', 'utf8');
    const [, lines = ''] = /```python\n([\s\S]*?)```/.exec(page) ?? [];
    const [, derive = ''] =
      /```python\n([\s\S]*?)```/.exec(readFileSync('docs/keys.md', 'utf8')) ?? [];
    const result = runPython<unknown>(
      python,
      `import json, sys
given = json.load(sys.stdin)
${derive}
${lines}
secrets = {"a": base64.urlsafe_b64decode(given["secret"] + "=")}
print(json.dumps({
    "token": read_token(secrets, given["token"], "unsubscribe"),
    "other": read_token(secrets, given["token"], "other"),
    "cookie": read_cookie(secrets, "theme", given["cookie"]),
    "renamed": read_cookie(secrets, "role", given["cookie"]),
    "signed": is_signed(secrets["a"], b"data", given["signature"]),
    "payload": is_signed(secrets["a"], b'{"a":1}', given["payload"], ("payload", "jcs")),
}))`,
      {
        secret: testSecret('a'),
        token: hmac.signToken({ name: 'Zoë' }, { purpose: 'unsubscribe', ttlSeconds: 60 }),
        cookie: hmac.signCookie('theme', 'dünkel', { ttlSeconds: 60 }),
        signature: hmac.sign('data'),
        payload: hmac.signPayload({ a: 1 }),
      },
    );
    expect(result).toMatchObject({
      token: { d: { name: 'Zoë' } },
      other: null,
      cookie: 'dünkel',
      renamed: null,
      signed: true,
      payload: true,
    });
  });
});

describe('itsdangerous', () => {
  const python = pythonWith('itsdangerous');
  if (!python) notRun('interop with Python itsdangerous');

  it('signs what we read', () => {
    if (!python) return;
    const payloads = [...PAYLOADS, 'x'.repeat(3000)];
    const signed = runPython<Record<'plain' | 'timed' | 'session' | 'text', string[]>>(
      python,
      `import hashlib, json, sys
from itsdangerous import Signer, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer
given = json.load(sys.stdin)
key = given["key"]
session = URLSafeTimedSerializer(key, salt="cookie-session", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha1})
print(json.dumps({
    "plain": [URLSafeSerializer(key).dumps(p) for p in given["payloads"]],
    "timed": [URLSafeTimedSerializer(key, salt="auth", signer_kwargs={"digest_method": hashlib.sha512}).dumps(p) for p in given["payloads"]],
    "session": [session.dumps(p) for p in given["payloads"]],
    "text": [Signer(key).sign("a.b é").decode(), TimestampSigner(key).sign("a.b é").decode()],
}))`,
      { key: KEY, payloads },
    );
    const values = (list: string[], options: Partial<Parameters<typeof readItsdangerous>[1]>) =>
      list.map((each) =>
        valueOf(readItsdangerous(each, { key: KEY, form: 'URLSafeTimedSerializer', ...options })),
      );
    expect(values(signed.plain, { form: 'URLSafeSerializer' })).toEqual(payloads);
    const auth = { salt: 'auth', algorithm: 'sha512', maxAgeSeconds: 60 } as const;
    expect(values(signed.timed, auth)).toEqual(payloads);
    const session = { salt: 'cookie-session', keyDerivation: 'hmac' } as const;
    expect(values(signed.session, session)).toEqual(payloads);
    expect(values(signed.text.slice(0, 1), { form: 'Signer' })).toEqual(['a.b é']);
    expect(values(signed.text.slice(1), { form: 'TimestampSigner' })).toEqual(['a.b é']);
  });
});

describe('Django', () => {
  const python = pythonWith('django');
  if (!python) notRun('interop with Django');

  it('signs what we read', () => {
    if (!python) return;
    const payloads = [...PAYLOADS, 'x'.repeat(3000)];
    const signed = runPython<Record<'dumps' | 'packed' | 'text', string[]> & { cookie: string }>(
      python,
      `import json, sys
from django.conf import settings
given = json.load(sys.stdin)
settings.configure(SECRET_KEY=given["key"])
from django.core import signing
from django.http import HttpResponse
response = HttpResponse()
response.set_signed_cookie("theme", "dark", salt="extra")
print(json.dumps({
    "dumps": [signing.dumps(p) for p in given["payloads"]],
    "packed": [signing.dumps(p, salt="other", compress=True) for p in given["payloads"]],
    "text": [signing.Signer().sign("a:b é"), signing.TimestampSigner().sign("a:b é")],
    "cookie": response.cookies["theme"].value,
}))`,
      { key: KEY, payloads },
    );
    const values = (list: string[], options: Partial<Parameters<typeof readDjangoSigned>[1]>) =>
      list.map((each) => valueOf(readDjangoSigned(each, { key: KEY, form: 'dumps', ...options })));
    expect(values(signed.dumps, { maxAgeSeconds: 60 })).toEqual(payloads);
    expect(values(signed.packed, { salt: 'other' })).toEqual(payloads);
    expect(values(signed.text.slice(0, 1), { form: 'Signer' })).toEqual(['a:b é']);
    expect(values(signed.text.slice(1), { form: 'TimestampSigner' })).toEqual(['a:b é']);
    expect(values([signed.cookie], { form: 'cookie', salt: 'themeextra' })).toEqual(['dark']);
  });
});

function valueOf(verdict: ReturnType<typeof readItsdangerous>): unknown {
  return verdict.ok ? verdict.value : verdict.reason;
}
