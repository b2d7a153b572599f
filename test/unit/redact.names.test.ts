import { createSecretKey } from 'node:crypto';
import { redact } from '../../lib/audit/record/redact.js';
import { isSensitiveName } from '../../lib/audit/record/sensitive-names.js';

const SECRET = 'S3cr3tV4lue';
const shown = (value: unknown): string => JSON.stringify(redact(value, () => 'p1.k.x'));

describe('a name is telling', () => {
  it.each([
    'password',
    'PASSWORD',
    'pAsSwOrD',
    'userPassword',
    'user_password',
    'user-password',
    'user.password',
    'user[password]',
    'pass word',
    'password2',
    'passwordHash',
    'new_password_again',
    'pásswörd',
    '\uff50\uff41\uff53\uff53\uff57ord',
    'pass\u200bword',
    'pass\u00adword',
    'раsswоrd',
    'pw',
    'pwd',
    'passwd',
    'db_pass',
    'DB_PASS',
    'dbPass',
    'passphrase',
    'Passwort',
    'contraseña',
    'пароль',
    '密码',
    'パスワード',
    'user_пароль',
    'pin',
    'PIN',
    'userPin',
    'pin2',
    'pin_code',
    'otp',
    'otpCode',
    'mfa_code',
    'recoveryCodes',
    'db_creds',
    'awsCreds',
    'GITHUB_PAT',
    'STRIPE_KEY',
    'openaiKey',
    'tls.key',
    'SSL_KEY',
    'x-functions-key',
    'SSHPASS',
    'laravel_session',
    '_gitlab_session',
    'pairing_code',
    'totp_seed',
    'secret',
    'clientSecret',
    'aws_secret_access_key',
    'apiKey',
    'X-Api-Key',
    'private_key',
    'hmacKey',
    'token',
    'refreshToken',
    'XSRF-TOKEN',
    'csrf',
    'jwt',
    'bearer',
    'sig',
    'sas_signature',
    'salt',
    'Authorization',
    'Proxy-Authorization',
    'Cookie',
    'Set-Cookie',
    'sid',
    'connect.sid',
    'PHPSESSID',
    'cardNumber',
    'ccNumber',
    'credit_card',
    'cvv',
    'cvv2',
    'iban',
    'accountNumber',
    'ssn',
    'userSSN',
    'national-id',
    'nationalIdentityNumber',
    'taxId',
    'passport_number',
    'driversLicense',
    'mnemonic',
    'x'.repeat(1025),
  ])('%s', (name) => {
    expect(isSensitiveName(name)).toBe(true);
    expect(shown({ deep: [{ [name]: { also: [SECRET] } }] })).not.toContain(SECRET);
    expect(shown(new Map([[name, SECRET]]))).not.toContain(SECRET);
  });
});

describe('a name is not telling', () => {
  it.each([
    'id',
    'name',
    'email',
    'className',
    'businessName',
    'author',
    'authority',
    'authorId',
    'spin',
    'compass',
    'bypass',
    'pinned',
    'panorama',
    'sidebar',
    'design',
    'assign',
    'salted',
    'secretary',
    'monkey',
    'keyboard',
    'primaryKey',
    'publicKey',
    'sortKey',
    'keyId',
    'apiKeyId',
    'tokenId',
    'tokenType',
    'token_count',
    'passwordChangedAt',
    'cookiePolicy',
    'cardType',
    'last4',
    '',
  ])('%s', (name) => {
    expect(isSensitiveName(name)).toBe(false);
    expect(shown({ [name]: 'a value' })).toContain('a value');
  });
});

describe('a telling name', () => {
  it('lets a truth stand: that a password was changed is no password', () => {
    expect(shown({ passwordChanged: true, hasToken: false, pin: null })).toBe(
      '{"passwordChanged":true,"hasToken":false,"pin":null}',
    );
  });

  it.each([
    ['4111 1111 1111 1111', '[card ending 1111]'],
    ['4111-1111-1111-1112', '[card ending 1112]'],
    [378282246310005, '[card ending 0005]'],
    ['1111', '[redacted]'],
    ['4111 x', '[redacted]'],
  ])('of a card leaves the last four digits of %s, when it is long enough', (cardNumber, text) => {
    expect(redact({ cardNumber }, () => '')).toEqual({ cardNumber: text });
  });

  it.each<[string, unknown]>([
    ['an entry', [['password', SECRET]]],
    ['entries', Object.entries({ a: 1, password: SECRET })],
    ['a pair of name and value', { headers: [{ name: 'Authorization', value: SECRET }] }],
    ['a variable of a container', { env: [{ name: 'DB_PASSWORD', value: SECRET }] }],
    ['an error of class-validator', { property: 'password', value: SECRET, constraints: {} }],
    ['an error of express-validator', { type: 'field', path: 'user.password', value: SECRET }],
    ['a pair of key and value', [{ key: 'apiKey', value: { x: SECRET } }]],
    ['raw headers', ['Host', 'x', 'Authorization', SECRET, 'Cookie', SECRET, 'X-Api-Key', SECRET]],
    ['arguments', ['node', 'main.js', '--password', SECRET, '--api-key', SECRET]],
    ['headers', new Headers({ authorization: SECRET, cookie: `a=${SECRET}` })],
    ['parameters', new URLSearchParams({ password: SECRET })],
    ['a key of a map that is an object', new Map([[{ password: SECRET }, 1]])],
    ['a private JSON Web Key', { kty: 'EC', d: SECRET, k: SECRET, x: 'public' }],
    ['JSON in a text', JSON.stringify({ password: SECRET })],
    [
      'JSON in JSON in JSON',
      { a: JSON.stringify([JSON.stringify({ b: JSON.stringify({ pin: SECRET }) })]) },
    ],
    ['JSON of JSON', JSON.stringify(JSON.stringify({ password: SECRET }))],
    ['what toJSON gives', { toJSON: () => ({ toJSON: () => ({ password: SECRET }) }) }],
    ['errors of an AggregateError', new AggregateError([new Error(`pwd=${SECRET}`)], 'x')],
  ])('is found in %s', (_, value) => {
    expect(shown(value)).not.toContain(SECRET);
  });
});

describe('what is no pair', () => {
  it('keeps its value beside the path of a URL', () => {
    const request = { path: '/reset-password/:id', data: { id: '7' } };
    expect(redact(request, () => '')).toEqual(request);
  });
});

describe('what holds its content out of sight', () => {
  it.each<[string, unknown, string]>([
    ['a Buffer', Buffer.from(SECRET), '"[11 bytes]"'],
    ['a Buffer as JSON', Buffer.from(SECRET).toJSON(), '"[11 bytes]"'],
    ['a view of bytes', new DataView(new ArrayBuffer(8)), '"[8 bytes]"'],
    ['a key', createSecretKey(Buffer.from(SECRET)), '"[redacted]"'],
    ['a boxed text', Object(`Bearer ${SECRET}`), '"[redacted]"'],
    ['a boxed number', Object(7), '7'],
    ['a regular expression', new RegExp(`password=${SECRET}`), '"/password=[redacted]"'],
    [
      'a URL',
      new URL(`https://a:${SECRET}@h/?token=${SECRET}`),
      '"https://a:[redacted]@h/?token=[redacted]"',
    ],
    [
      'private and inherited fields',
      new (class {
        #x = SECRET;
        y = this.#x.length;
        get z() {
          return SECRET;
        }
      })(),
      '{"y":11}',
    ],
    ['a symbol as a name', { [Symbol('password')]: SECRET }, '{}'],
    ['a function', () => SECRET, '"[function]"'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['a date that is none', new Date(NaN), 'null'],
    ['a huge integer', 10n ** 100n, '"[bigint]"'],
    ['a sparse list', Object.assign([], { length: 4_000_000_000, 1: 'x' }), '"[undefined]","x"'],
  ])('%s', (_, value, text) => {
    expect(shown(value)).toContain(text);
    expect(shown(value)).not.toContain(SECRET);
  });
});
