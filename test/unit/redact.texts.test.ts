import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { redactText } from '../../lib/audit/record/redact-text.js';

const SECRET = 'S3cr3tV4lue';
const redacted = (text: string): string => redactText(text, () => 'p1.k.x');

describe('of a secret in a text, this is left', () => {
  it.each([
    ['password=S3cr3t', 'password=[redacted]'],
    ['{"password":"S3cr3t","a":1}', '{"password":"[redacted]","a":1}'],
    ["{'password': 'S3cr3t'}", "{'password': '[redacted]'}"],
    ['got {"credentials":{"a":"}","b":"S3cr3t"}} end', 'got {"credentials":[redacted]} end'],
    ['log {\\"pin\\":\\"S3cr3t\\"} end', 'log {\\"pin\\":\\"[redacted]\\"} end'],
    ['Server=h;Password=S3cr3t;Database=d', 'Server=h;Password=[redacted];Database=d'],
    ['Pwd={S3;cr3t};Database=d', 'Pwd=[redacted];Database=d'],
    ['a=1&user[password]=S3cr3t&b=2', 'a=1&user[password]=[redacted]&b=2'],
    ['password[0]=S3cr3t', 'password[0]=[redacted]'],
    ['password=S3,cr3t, user=bob', 'password=[redacted], user=bob'],
    ['db:\n  password: S3cr3t\n  user: bob', 'db:\n  password: [redacted]\n  user: bob'],
    [':password => "S3cr3t"', ':password => "[redacted]"'],
    ["password='''S3cr3t'''", "password='''[redacted]'''"],
    ['map[Authorization:[Bearer S3cr3t] Host:[h]]', 'map[Authorization:[redacted] Host:[h]]'],
    ["curl -H 'Authorization: Basic S3cr3t x' h", "curl -H 'Authorization: [redacted]' h"],
    ['curl -u bob:S3cr3t https://h', 'curl -u bob:[redacted] https://h'],
    ['curl --user  "bob:S3cr3t" h', 'curl --user  "bob:[redacted]" h'],
    ["curl -u bob:'S3cr3t' h", "curl -u bob:'[redacted]' h"],
    ['curl --user "{bob}":"{S3cr3t}" h', 'curl --user "{bob}":"[redacted]" h'],
    ["curl -u ':S3cr3t' h", "curl -u ':[redacted]' h"],
    ['curl -u "S3cr3tS3cr3t:" h', 'curl -u "[redacted]:" h'],
    ['run --db-password S3cr3t now', 'run --db-password [redacted] now'],
    ['["--password","S3cr3t","x"', '["--password","[redacted]","x"'],
    ['<Password type="x">S3cr3t</Password>', '<Password type="x">[redacted]</Password>'],
    ['<password><![CDATA[S3cr3t]]></password>', '<password>[redacted]</password>'],
    ['<input name="password" value="S3cr3t">', '<input name="password" value="[redacted]">'],
    ['name="password"\r\n\r\nS3 cr3t\r\n--b', 'name="password"\r\n\r\n[redacted]\r\n--b'],
    ["CREATE USER a IDENTIFIED BY 'S3cr3t'", "CREATE USER a IDENTIFIED BY '[redacted]'"],
    ['the API key is: S3cr3t', 'the API key is: [redacted]'],
    ['Social Security Number: 078-05-1120', 'Social Security Number: [redacted]'],
    ['passphrase: correct horse battery\nok', 'passphrase: [redacted]\nok'],
    ['postgres://app:S3cr3t@db/app', 'postgres://app:[redacted]@db/app'],
    ['redis://:S3/cr@3t@db:6379', 'redis://:[redacted]@db:6379'],
    ['https://ghostlyS3cr3tToken@host/x', 'https://[redacted]@host/x'],
    ['jdbc:oracle:thin:scott/S3cr3t@//db', 'jdbc:oracle:thin:scott/[redacted]@//db'],
    ['/callback?code=S3cr3tS3cr3tS3cr3t&state=1', '/callback?code=[redacted]&state=1'],
    ['Digest username="b", response="S3cr3t"\nx', '[redacted]\nx'],
    ['q=password%3DS3cr3t', 'q=password=[redacted]'],
    ['u=%257B%2522pin%2522%253A%2522S3cr3t%2522%257D', 'u={"pin":"[redacted]"}'],
    ['{&quot;pin&quot;:&quot;S3cr3t&quot;}', '{"pin":"[redacted]"}'],
    ['x {"pass\\u0077ord":"S3cr3t"', 'x {"password":"[redacted]"'],
    ['\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44\uff1dS3cr3t', 'password=[redacted]'],
    ['pass\u200bword=S3cr3t', 'pass\u200bword=[redacted]'],
    ['card 4111 1111 1111 1111 123', 'card [card ending 1111] 123'],
    ['card 4111-1111-1111-1111 12/27', 'card [card ending 1111] 12/27'],
    ['card \uff14111111111111111', 'card [card ending 1111]'],
    ['amex 3782 822463 10005.', 'amex [card ending 0005].'],
    ['to DE89 3704 0044 0532 0130 00 now', 'to [redacted] now'],
    ['de89370400440532013000', '[redacted]'],
    ['%3ade89370400440532013000%C3%A9', ':[redacted]é'],
    [`12345678%3A${'Ab'.repeat(17)}x%C3%A9`, '[redacted]é'],
    ['%5Cnde89370400440532013000%C3%A9', '\n[redacted]é'],
    ['%25Bearer+S3cr3tS3cr3t', '%[redacted]'],
    ['%5C%22pin%5C%22%3A+%5C%22S3cr3t', '\\"pin\\":+\\"[redacted]'],
    ['%255Ctoken%25253DS3cr3t', '\\token=[redacted]'],
    ['%5Ctoken%253DS3cr3t', '\\token=[redacted]'],
    ['%5Ctoken%25253DS3cr3t', '\\token=[redacted]'],
    [
      'db:\n  password: |\n    S3cr3t\n\n    x\n  user: bob',
      'db:\n  password: [redacted]\n  user: bob',
    ],
    ['- token: >-\r\n    S3cr3t\r\n  user: bob', '- token: [redacted]\n  user: bob'],
    ['api_key: |\n  S3cr3t', 'api_key: [redacted]'],
    ['account number: 12345678', 'account number: [redacted]'],
    ['Your verification code is: 482910', 'Your verification code is: [redacted]'],
    ['verification code: 482910', 'verification code: [redacted]'],
    ['Incorrect API key provided: S3cr3t.', 'Incorrect API key provided: [redacted]'],
    [
      "SET PASSWORD FOR 'a'@'h' = PASSWORD('S3cr3t')",
      "SET PASSWORD FOR 'a'@'h' = PASSWORD('[redacted]')",
    ],
    [
      "IDENTIFIED WITH sha256_password BY 'S3cr3t'",
      "IDENTIFIED WITH sha256_password BY '[redacted]'",
    ],
    ['Some(Password("S3cr3t"))', 'Some(Password("[redacted]"))'],
    [
      'Command failed: mysqldump -h db -uroot -pS3cr3t app',
      'Command failed: mysqldump -h db -uroot -p[redacted] app',
    ],
    ["sshpass -p 'S3cr3t' ssh a@b", "sshpass -p '[redacted]' ssh a@b"],
    ['ssid="x"\npsk="S3cr3t"', 'ssid="x"\npsk="[redacted]"'],
    ['if (password != "S3cr3t") {', 'if (password != "[redacted]") {'],
    ["assert(token !== 'S3cr3t')", "assert(token !== '[redacted]')"],
    ['machine h login u password S3cr3t', 'machine h login u password [redacted]'],
    [
      'machine h\n  login u\n  password S3cr3t\nmachine i\n\tlogin u account a\n\tpassword "S3 cr3t"',
      'machine h\n  login u\n  password [redacted]\nmachine i\n\tlogin u account a\n\tpassword [redacted]',
    ],
    ['machine h password S3cr3t login u', 'machine h password [redacted] login u'],
    ['default login u password S3cr3t', 'default login u password [redacted]'],
    ["o'brien@example.com", 'p1.k.x'],
    ["'alice@example.com'", "'p1.k.x'"],
    ['"a b"@example.com', 'p1.k.x'],
    ['alice%40example.com', 'p1.k.x'],
    ['alice@xn--mller-kva.de <b@münchen.de>', 'p1.k.x <p1.k.x>'],
  ])('%j', (text, left) => {
    expect(redacted(text)).toBe(left);
  });
});

describe('a secret with an escape in it', () => {
  const head = Buffer.from('{"alg":"HS256"}').toString('base64url');
  const token = `${head}.${head}.Sig-${SECRET}`;

  it.each([
    String.raw`\u002e \u002d`,
    String.raw`\\u002E \\u002D`,
    String.raw`\x2e \x2d`,
    '%2E %2D',
    '%252e %252d',
    '%5Cu002e %5Cu002d',
    '&#x2e; &#x2D;',
    '&#46; &#45;',
    String.raw`\. \-`,
  ])('is taken out whole: %s', (escapes) => {
    const [dot = '', hyphen = ''] = escapes.split(' ');
    const text = token.replaceAll('.', dot).replaceAll('-', hyphen);
    expect(redacted(`a ${text}, b`)).toBe('a [redacted], b');
  });

  it('is taken out whole where its slashes and pluses are escaped', () => {
    const key = `ABSK${'Ab1'.repeat(16)}/${'Ab1'.repeat(8)}+${SECRET}`;
    expect(redacted(`q=${encodeURIComponent(key)}&b=2`)).toBe('q=[redacted]&b=2');
    expect(redacted(`"a": "${key.replaceAll('/', '\\/')}"`)).toBe('"a": "[redacted]"');
  });

  it('ends where its form ends, whatever is escaped behind it', () => {
    const key = `ghp_${'Ab1'.repeat(12)}`;
    expect(redacted(`${key}%2Frepo%2Fname`)).toBe('[redacted]%2Frepo%2Fname');
    expect(redacted(`a=${token}%26b%3D1`)).toBe('a=[redacted]%26b%3D1');
  });
});

describe('this is no secret, and stays as it is', () => {
  it.each([
    randomUUID(),
    createHash('sha256').update('x').digest('hex'),
    randomBytes(16).toString('hex'),
    '507f1f77bcf86cd799439011',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'V1StGXR8_Z5jdHi6B-myT',
    'ORD-2024-000123',
    '4111111111111112',
    '1764201600000',
    '1764201600000000',
    '4006381333931',
    '490154203237518',
    '2026-11-27T03:26:59.968Z',
    '2024-01-02 2024-01-03',
    '+49 30 1234567',
    '12:30:45',
    '1.2.3-beta.4',
    '2001:db8::1',
    '00:1B:44:11:3A:B7',
    'db-1.internal:5432',
    '/api/v1/users/:userId/tokens/:tokenId',
    'https://example.com/a/b?page=2&sort=name#top',
    'C:\\Users\\new\\token',
    'src/**/*.ts',
    '@nestjs/common@12.5.1',
    'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    'en-US,en;q=0.9',
    'reset the password by mail',
    'users identified by their email',
    'the machine account password changed',
    'the machine learning login flow: password reset',
    'a != b',
    'token != null',
    'if (a && a.password !== undefined) {',
    'importKey(a): Promise<CryptoKey>;',
    'test_user_registration_with_2_factors_enabled',
    'sk_SK',
    'pk_user_id_42',
    'live_view_of_all_the_things_in_room_7_today',
    'api-gateway-7d9f8b6c5d-x2x4z',
    'API-REFERENCE',
    'figo_2',
    'sha256~',
    `app@sha256:${createHash('sha256').update('y').digest('hex')}`,
    'cus_NffrFeUfNV2Hib',
    'evt_1NG8Du2eZvKYlo2CUI79vXWy',
    `msg_${randomUUID()}`,
    'sl.example.com',
    'https://example.com/hooks/catch/1',
    'Done! All is well',
    'the order number: 12345678',
    'status code: 404',
    'no password provided',
    'mysql -h db -u root -p app',
    'git push -u origin HEAD:refs/heads/main',
    'psql -u: no such option',
    'mysqldump --port=3306 app',
    'desk: a | b',
    'password is too short',
    'basic authentication failed',
    'bearer authentication required',
    'Unexpected token \'a\', "abc" is not valid JSON',
    '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16',
    '$1,234.56',
    'sk-button-primary-large',
    'keyJob.title',
    '{"id":12345678901234567890,"a":[1, 2]}',
    'SELECT * FROM users WHERE id = $1',
    'Zoë Müller',
    '漢字',
    '@alice said hi',
    'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    '',
  ])('%j', (text) => {
    expect(redacted(text)).toBe(text);
  });
});

describe('a text that is too long', () => {
  it('is cut to 1,024 characters, with a mark', () => {
    expect(redacted('word '.repeat(300))).toBe(`${'word '.repeat(300).slice(0, 1024)}[cut]`);
  });

  it('loses a secret that reaches across the cut, whole', () => {
    expect(redacted(`${'x'.repeat(1019)} Bearer ${SECRET}`)).toBe(`${'x'.repeat(1019)} [cut]`);
  });

  it('is read for 4,096 characters; of a word that goes on behind them nothing is kept', () => {
    expect(redacted(`${' '.repeat(10)}${'a'.repeat(5000)}`)).toBe(`${' '.repeat(10)}[cut]`);
    const card = `${' '.repeat(4090)}4111 1111 1111 1111`;
    expect(redacted(`-----BEGIN A-----${card.slice(17)}`)).not.toContain('4111');
  });

  it('keeps surrogate pairs together', () => {
    expect(redacted(`${'x'.repeat(1023)}😀`)).toBe(`${'x'.repeat(1023)}[cut]`);
  });

  it('costs little whatever it is: the time is linear', () => {
    const hostile = [
      'a',
      '{',
      '[',
      '"',
      '\\',
      '\\"',
      '=',
      ':',
      '@',
      'a@',
      '://',
      '://a:@',
      '%25',
      '&amp;',
      '<a ',
      'password="',
      'password={',
      '-----BEGIN A-----',
      'eyJ.',
      '4 ',
      'DE89',
      '\u0301',
      '\ufdfa',
      'é=',
      'sk_',
      'sk_1_',
      'live_-',
      'secret_a',
      'AzFu',
      '+ACR',
      'MTa.',
      '0.A',
      'machine a login b ',
      'eyJhbGciOiJI\\.',
      '\\u002e',
      '%5c',
      '&#46;',
      'abcdef01xx',
      '!=',
    ];
    const started = process.cpuUsage();
    for (const part of hostile) redacted(part.repeat(100_000));
    const { user } = process.cpuUsage(started);
    // Quadratic time would be minutes.
    expect(user / 1e6).toBeLessThan(5);
  });
});
