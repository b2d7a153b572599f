import fc from 'fast-check';
import { Secret } from 'nestjs-security';
import { redact } from '../../lib/audit/record/redact.js';

const shown = (value: unknown): string => JSON.stringify(redact(value, () => 'p1.k.pseudonym'));
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2lnbmF0dXJl';
const fernet = `gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==`;

describe('secrets are taken out', () => {
  it.each<[string, unknown, string]>([
    ['by name', { password: 'S3cr3t' }, 'S3cr3t'],
    [
      'by name in any case and spelling',
      { 'X-Api-Key': 'S3cr3t', newPass_Word: 'S3cr3t', ACCESS_TOKEN: 'S3cr3t' },
      'S3cr3t',
    ],
    ['by name at any depth', { a: [{ b: { user_password: 'S3cr3t' } }] }, 'S3cr3t'],
    ['with everything below the name', { credentials: { user: 'S3cr3t' } }, 'S3cr3t'],
    ['as a JWT', { note: `got ${jwt}.` }, 'c2lnbmF0dXJl'],
    ['as a bearer token', { note: 'Authorization: Bearer S3cr3tS3cr3t' }, 'S3cr3t'],
    ['as another Authorization header', { note: 'Authorization: Token a S3cr3t' }, 'S3cr3t'],
    ['as a Cookie header', { note: 'Cookie: a=1; sid=S3cr3t' }, 'S3cr3t'],
    [
      'as a PEM key',
      { pem: '-----BEGIN PRIVATE KEY-----\nS3cr3t\n-----END PRIVATE KEY-----' },
      'S3cr3t',
    ],
    ['as a PEM key cut short', { pem: '-----BEGIN EC PRIVATE KEY-----\nS3cr3t' }, 'S3cr3t'],
    ['in a URL with credentials', { url: 'postgres://app:S3cr3t@db/app' }, 'S3cr3t'],
    ['in a query string', { url: '/reset?token=S3cr3t&x=1' }, 'S3cr3t'],
    ['as a password hash', { row: 'a $argon2id$v=19$m=64,t=2,p=1$c2FsdA$S3cr3t' }, 'S3cr3t'],
    ['as a bcrypt hash', { row: '$2b$12$S3cr3tS3cr3tS3cr3tS3cr3t' }, 'S3cr3t'],
    ['as a Fernet token', { row: fernet }, 'LLF_5CV9'],
    ['as an AWS key', { row: 'AKIAIOSFODNN7EXAMPLE' }, 'AKIAIOSFODNN7EXAMPLE'],
    ['as a GitHub token', { row: 'ghp_S3cr3tS3cr3tS3cr3tS3cr3tS3cr3t' }, 'S3cr3t'],
    ['as a field name', { [jwt]: 1 }, 'c2lnbmF0dXJl'],
    ['in JSON inside a text', { body: '{"password":"S3cr3t"}' }, 'S3cr3t'],
    [
      'in JSON inside JSON',
      { body: JSON.stringify({ inner: JSON.stringify({ pin: 'S3cr3t' }) }) },
      'S3cr3t',
    ],
    ['in broken JSON', { body: '{"password": "S3cr3t"' }, 'S3cr3t'],
    ['with spaces, in broken JSON', { body: '{"password": "a S3cr3t", "x":' }, 'S3cr3t'],
    ['with an escaped quote in it', { body: '{"password": "a\\" S3cr3t", "x":' }, 'S3cr3t'],
    ['with a comma in quotes', { note: "password='a,S3cr3t'" }, 'S3cr3t'],
    ['in escaped JSON', { note: 'got {\\"password\\":\\"a S3cr3t\\"}' }, 'S3cr3t'],
    [
      'after a long name',
      { note: 'SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_SECRET=S3cr3t' },
      'S3cr3t',
    ],
    ['after a name that goes on', { note: 'SECRET_KEY=S3cr3t' }, 'S3cr3t'],
    ['with spaces around the sign', { note: 'password  =  S3cr3t' }, 'S3cr3t'],
    ['after other telling names', { url: '/x?passphrase=S3cr3t&otp=S3cr3t&sid=S3cr3t' }, 'S3cr3t'],
    ['under a name with invisible characters', { 'pass\u200bword': 'S3cr3t' }, 'S3cr3t'],
    ['under a full-width name', { '\uff50\uff41\uff53\uff53\uff57ord': 'S3cr3t' }, 'S3cr3t'],
    ['under a name that is too long to search', { ['x'.repeat(2000)]: 'S3cr3t' }, 'S3cr3t'],
    ['in an Error', { error: new Error('password=S3cr3t') }, 'S3cr3t'],
    [
      'in the cause of an Error',
      { error: new Error('x', { cause: { token: 'S3cr3t' } }) },
      'S3cr3t',
    ],
    ['in a Map', { map: new Map([['password', 'S3cr3t']]) }, 'S3cr3t'],
    ['in a Set', { set: new Set([`Bearer S3cr3tS3cr3t`]) }, 'S3cr3t'],
    ['in a Buffer', { bytes: Buffer.from('S3cr3t') }, 'S3cr3t'],
    ['in what toJSON gives', { toJSON: () => ({ password: 'S3cr3t' }) }, 'S3cr3t'],
    ['as a Secret', { value: Secret.of('S3cr3t') }, 'S3cr3t'],
    ['as a card number', { note: 'card 4111 1111 1111 1111 ok' }, '4111 1111'],
    ['as a card number that is a number', { note: 4111111111111111 }, '411111111111'],
    ['as an e-mail address', { email: 'alice@example.com' }, 'alice'],
    ['as an e-mail address in a text', { note: 'user <alice@example.com> failed' }, 'alice'],
  ])('%s', (_, value, secret) => {
    expect(shown(value)).not.toContain(secret);
  });

  it('across the cut', () => {
    expect(shown({ note: `${'x '.repeat(500)}${jwt}${'y'.repeat(4000)}` })).not.toContain(
      'eyJzdWI',
    );
    for (let padding = 4000; padding < 4100; padding += 7) {
      expect(
        shown({ note: `${'x '.repeat(padding / 2)}Bearer S3cr3tS3cr3tS3cr3t ${'y '.repeat(99)}` }),
      ).not.toContain('S3cr3t');
    }
  });

  it('whatever surrounds them (property)', () => {
    const around = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(
        around,
        around,
        (before, after) =>
          !shown({ [before]: { password: `S3cr3t-${after}`, after } }).includes('S3cr3t-'),
      ),
    );
  });
});

describe('what is no secret stays', () => {
  it.each<[unknown, string]>([
    [{ last4: '1234' }, '1234'],
    [{ order: '4111111111111112' }, '4111111111111112'],
    [{ when: new Date(0) }, '1970-01-01T00:00:00.000Z'],
    [{ big: 12345678901234567890n }, '12345678901234567890'],
    [{ text: 'plain, with "quotes" and ünïcode' }, 'ünïcode'],
    [{ code: 'ENOENT', id: 7 }, 'ENOENT'],
    [{ card: '4111 1111 1111 1111' }, '[card ending 1111]'],
  ])('%p', (value, text) => {
    expect(shown(value)).toContain(text);
  });
});

describe('redaction never fails', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no');
      },
    },
  );

  it.each<[string, unknown, string]>([
    ['a circle', circular, '[circular]'],
    ['a proxy that throws', hostile, '[unreadable]'],
    [
      'a getter that throws',
      {
        get x() {
          throw new Error('no');
        },
      },
      '[unreadable]',
    ],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
      '[unreadable]',
    ],
    ['a function', { f: () => 1 }, '[function]'],
    ['NaN', { x: NaN }, 'NaN'],
    ['undefined', { x: undefined }, '[undefined]'],
    ['deep nesting', JSON.parse('['.repeat(50) + ']'.repeat(50)), '[too deep]'],
    ['many items', Array.from({ length: 200 }, (_, index) => index), '[cut]'],
    ['a huge text', { x: 'word '.repeat(1_000_000) }, '[cut]'],
  ])('on %s', (_, value, text) => {
    expect(shown(value)).toContain(text);
  });

  it('keeps a key "__proto__" a key', () => {
    const safe = redact(JSON.parse('{"__proto__":{"polluted":1}}'), () => '');
    expect(Object.keys(safe as object)).toEqual(['__proto__']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('stays within about 16 KiB (property)', () => {
    fc.assert(
      fc.property(
        fc.anything({
          maxDepth: 4,
          withMap: true,
          withSet: true,
          withBigInt: true,
          withDate: true,
          withTypedArray: true,
        }),
        (value) => {
          expect(shown({ a: value, b: value }).length).toBeLessThan(64 * 1024);
        },
      ),
    );
    expect(shown(Array.from({ length: 100 }, () => 'x'.repeat(1000))).length).toBeLessThan(20_000);
  });
});
