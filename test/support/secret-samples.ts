import fc from 'fast-check';

/** A secret in the text that gives it away. */
export interface SecretSample {
  /** What stands in a text. */
  readonly text: string;
  /** What must not be written, not even half of it. */
  readonly secret: string;
}

export interface SecretKind {
  readonly name: string;
  readonly samples: fc.Arbitrary<SecretSample>;
  /** What may stand directly before and behind it, where not anything may. */
  readonly before?: RegExp;
  readonly after?: RegExp;
}

/** A secret that begins with this and goes on with that. */
function prefixed(
  name: string,
  prefix: string,
  rest: RegExp,
  borders: Pick<SecretKind, 'before' | 'after'> = {},
): SecretKind {
  const samples = fc
    .stringMatching(rest)
    .map((tail) => ({ text: prefix + tail, secret: tail.slice(0, 12) }));
  return { name, samples, ...borders };
}

/** What stands behind a telling name. */
function behind(name: string, write: (secret: string) => string, secret = WORD): SecretKind {
  return { name, samples: secret.map((value) => ({ text: write(value), secret: value })) };
}

/** Recognisable wherever it turns up, and long enough not to turn up by chance. */
const WORD = fc.stringMatching(/^[a-z]{4}[A-Z]{4}[0-9]{4}[a-zA-Z0-9]{4,12}$/);
const PHRASE = fc.tuple(WORD, WORD).map((words) => words.join(' '));
const base64url = (min: number): RegExp => new RegExp(`^[A-Za-z0-9_-]{${min},${min + 20}}$`);
const NO_DIGIT = /^(?:.*[^\d ._/-])?$/s;
const NOT_A_DIGIT = /^(?:[^\d ._/-].*)?$/s;
const BEFORE = /^(?:.*[^A-Za-z0-9_-])?$/s;
const BEHIND = /^(?:[^A-Za-z0-9_-].*)?$/s;

function withLuhnDigit(digits: string): string {
  let sum = 0;
  for (const [place, digit] of [...digits].toReversed().entries()) {
    const weighted = place % 2 === 0 ? Number(digit) * 2 : Number(digit);
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return digits + String((10 - (sum % 10)) % 10);
}

const CARD = fc
  .tuple(fc.constantFrom('4', '51', '6011', '2221', '35'), fc.stringMatching(/^\d{15}$/))
  .map(([issuer, digits]) => withLuhnDigit((issuer + digits).slice(0, 15)));

function inGroups(digits: string, separator: string): string {
  return digits.replace(/(?<=^(?:.{4})+)(?=.)/g, separator);
}

const IBAN = fc.stringMatching(/^\d{18}$/).map((account) => {
  const remainder = BigInt(`${account}131400`) % 97n;
  return `DE${String(98n - remainder).padStart(2, '0')}${account}`;
});

const EMAIL = fc
  .tuple(
    fc.stringMatching(/^[a-z]{6}\d{4}[a-z.+]{0,6}x$/),
    fc.constantFrom('example.com', 'mail.müller.de'),
  )
  .map(([local, domain]) => ({ text: `${local}@${domain}`, secret: local }));

export const SECRET_KINDS: readonly SecretKind[] = [
  behind('a query string', (secret) => `password=${secret}`),
  behind('a query string in brackets', (secret) => `user[password]=${secret}&x=1`),
  behind('a percent-encoded form', (secret) => `token%3D${secret}%26x`),
  behind('JSON', (secret) => JSON.stringify({ apiKey: secret })),
  behind(
    'JSON in JSON',
    (secret) => JSON.stringify(JSON.stringify({ client_secret: secret })),
    PHRASE,
  ),
  behind('JSON that is cut off', (secret) => `{"a":1,"access_token": "${secret}`, PHRASE),
  behind('a structure in JSON', (secret) => `{"credentials":{"a":["}","${secret}"]}}`, PHRASE),
  behind('a header', (secret) => `\r\nAuthorization: Token a ${secret}\r\n`, PHRASE),
  behind('a cookie', (secret) => `\nCookie: a=1; sid=${secret}\n`, PHRASE),
  behind('a connection string', (secret) => `Server=h;Password=${secret};Database=d`),
  behind('XML', (secret) => `<Password type="x">${secret}</Password>`, PHRASE),
  behind('an argument', (secret) => ` --db-password ${secret} `),
  behind('a URL', (secret) => `postgres://app:${secret}@db/app`),
  behind('a URL with unescaped signs', (secret) => `redis://:${secret}/@${secret}@host:6379/0`),
  behind('an otpauth URI', (secret) => `otpauth://totp/Shop:me?secret=${secret}`),
  behind(
    'a PEM block',
    (secret) => `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`,
    PHRASE,
  ),
  behind(
    'a PEM block in one line',
    (secret) => `-----BEGIN EC PRIVATE KEY-----\\n${secret}\\n-----END`,
  ),
  behind('a PuTTY key', (secret) => `PuTTY-User-Key-File-3: ssh-ed25519\n${secret}`, PHRASE),
  behind('Bearer', (secret) => `Bearer ${secret}`),
  {
    name: 'Basic',
    samples: WORD.map((word) => {
      const secret = Buffer.from(`user:${word}`).toString('base64');
      return { text: `Basic ${secret}`, secret: secret.slice(0, 16) };
    }),
  },
  behind('Digest', (secret) => `Digest username="a", response="${secret}"\n`),
  behind('AWS4', (secret) => `AWS4-HMAC-SHA256 Credential=a/b, Signature=${secret}\n`),
  prefixed('a JSON Web Token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.', base64url(43)),
  prefixed(
    'an encrypted JSON Web Token',
    'eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..',
    base64url(60),
  ),
  prefixed('base64 of JSON', 'eyJwYXNzd29yZCI6I', base64url(20)),
  prefixed('a Fernet token', 'gAAAAABn', base64url(100)),
  prefixed('a sealed value', 'f1.2026-11.gAAAAABn', base64url(100)),
  prefixed('a signed token', 'v1.2026-11.', /^[\w-]{20,40}\.[\w-]{43}$/, { after: BEHIND }),
  prefixed('a signed cookie', 'c1.k.1799999999.', /^[\w-]{20,40}\.[\w-]{43}$/, { after: BEHIND }),
  prefixed('a sealed ring', 'r1.2026-11.', base64url(60)),
  prefixed('a ring key in hexadecimal', 'hex:', /^[0-9a-f]{64}$/),
  prefixed('a ring key in base64', 'base64:', /^[\w+/]{42}A=$/),
  prefixed('a ring key in base64url', 'base64url:', base64url(43)),
  prefixed('an Argon2 hash', '$argon2id$v=19$m=65536,t=3,p=4$', /^[\w+/]{22}\$[\w+/]{43}$/),
  prefixed('a bcrypt hash', '$2b$12$', /^[./A-Za-z0-9]{53}$/),
  prefixed('a hash of crypt(3)', '$6$', /^[./A-Za-z0-9]{16}\$[./A-Za-z0-9]{86}$/),
  prefixed('a hash of Django', 'pbkdf2_sha256$600000$', /^[A-Za-z0-9]{22}\$[\w+/]{43}=$/),
  prefixed('a hash of LDAP', '{SSHA}', /^[\w+/]{32}$/),
  prefixed('a key of AWS', '', /^AKIA[0-9A-Z]{16}$/),
  prefixed('a key of Google', 'AIza', base64url(35)),
  prefixed('a token of GitHub', 'ghp_', /^[A-Za-z0-9]{36}$/),
  prefixed('a fine-grained token of GitHub', 'github_pat_', /^\w{82}$/),
  prefixed('a token of GitLab', 'glpat-', base64url(20)),
  prefixed('a token of Slack', 'xoxb-', /^\d{12}-\d{12}-[A-Za-z0-9]{24}$/),
  prefixed('a key of Stripe', 'sk_live_', /^[A-Za-z0-9]{24,60}$/),
  prefixed('a key of a brand', 'acme_live_', /^[A-Za-z]{8}\d[A-Za-z0-9]{30}$/),
  prefixed('a token of npm', 'npm_', /^[A-Za-z0-9]{36}$/),
  prefixed('a key of SendGrid', 'SG.', /^[\w-]{22}\.[\w-]{43}$/),
  prefixed('a key of OpenAI', 'sk-', /^[A-Za-z]{10}\d[A-Za-z0-9]{30}$/, { before: BEFORE }),
  prefixed('a project key of OpenAI', 'sk-proj-', base64url(40)),
  prefixed('a key of Anthropic', 'sk-ant-api03-', base64url(80)),
  prefixed('a key of Twilio', 'SK', /^[0-9a-f]{32}$/),
  prefixed('a token of Vault', 'hvs.', base64url(24)),
  prefixed('a secret of Azure', 'abc8Q~', base64url(34)),
  prefixed('a token of Telegram', '123456789:', /^[\w-]{35}$/, { before: NO_DIGIT, after: BEHIND }),
  prefixed('a webhook of Slack', 'https://hooks.slack.com/services/T01/B01/', base64url(24)),
  {
    name: 'a card number',
    samples: CARD.map((digits) => ({ text: digits, secret: digits.slice(0, 12) })),
    before: NO_DIGIT,
    after: NOT_A_DIGIT,
  },
  {
    name: 'a card number in groups',
    samples: fc.tuple(CARD, fc.constantFrom(' ', '-', '.')).map(([digits, separator]) => {
      const text = inGroups(digits, separator);
      return { text, secret: text.slice(0, 14) };
    }),
    before: NO_DIGIT,
    after: NOT_A_DIGIT,
  },
  { name: 'an IBAN', samples: IBAN.map((text) => ({ text, secret: text.slice(4, 18) })) },
  {
    name: 'an IBAN in small letters',
    samples: IBAN.map((iban) => ({ text: iban.toLowerCase(), secret: iban.slice(4, 18) })),
    before: BEFORE,
    after: BEHIND,
  },
  {
    name: 'an IBAN in groups',
    samples: IBAN.map((iban) => {
      const text = inGroups(iban, ' ');
      return { text, secret: text.slice(5, 19) };
    }),
  },
  { name: 'an e-mail address', samples: EMAIL },
];
