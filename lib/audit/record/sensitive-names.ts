import { latinLookalikes, plainLetters } from './detect/plain-letters.js';

/** Anywhere in a name, once its words are written together: `user_password`, `X-Api-Key`, `newPassword`. */
const FRAGMENTS = [
  'passw(?:or)?d',
  'passphrase',
  'passcode',
  'pwd',
  '(?:pass|kenn)wort',
  'motdepasse',
  'contrasena',
  'wachtwoord',
  // As names are compared: without marks, look-alikes as Latin letters.
  ...['пароль', '密码', 'パスワード'].map((word) => latinLookalikes(plainLetters(word))),
  '(?:db|user|root|admin|new|old|smtp|ftp|ssh|mysql|ldap|key|store)pass$',
  'passhash',
  'secret(?!ar)',
  'token',
  'credential',
  '(?:api|access|auth|priv(?:ate)?|sign(?:ing)?|(?:en|de)crypt(?:ion)?|master|root|session|shared)key',
  '(?:account|storage|ssh|pgp|gpg|hmac|aes|rsa|wrapping|symmetric|licen[cs]e|service|subscription)key',
  '(?:recovery|webhook|stream|host|server|client|admin|application|bot|wallet|ring)key',
  '(?:tls|ssl|cipher|enc|functions)key$',
  '(?:github|gitlab|stripe|openai|anthropic|sendgrid|mailgun|datadog)key$',
  '(?:gh|git|github|gitlab|bitbucket|devops)pat$',
  'passkey$',
  '^appkey',
  'keymaterial',
  'session_?id',
  'sessid',
  '(?:gitlab|laravel|rack)session$',
  'cookie',
  'authorization',
  'authheader',
  'signature',
  'connectionstring',
  'codeverifier',
  'samlresponse',
  'samlassertion',
  'seedphrase',
  'recoveryphrase',
  '(?:otp|wallet|master)seed$',
  'mnemonic',
  '(?:recovery|backup|security|access|reset|verification|onetime|scratch|auth|mfa|sms|otp|twofactor|pin|unlock|pairing)code',
  'securityanswer',
  'maidenname',
  '(?:user|card|new|old|current|confirm|sms)pin$',
  'pinnumber',
  'card(?:number|num|no)',
  '(?:credit|debit|payment|bank)card',
  'cardpan',
  'ccnum',
  'cvv',
  'cvc',
  'iban',
  'accountnumber',
  'accountno$',
  'bankaccount',
  'acctnum',
  'routingnumber',
  '^ssn',
  'ssn$',
  'social(?:security|insurance)',
  'national(?:id|insurance|identi)',
  'tax(?:payer)?(?:id|number)',
  'passport(?:no|num|id)',
  'driv(?:er|ing)s?licen[cs]e',
  'identity(?:number|card)',
  'idcard',
  'aadhaa?r',
  'personn?ummer',
  'codicefiscale',
  'steuerid',
  'jwt',
];
const FRAGMENT = new RegExp(FRAGMENTS.join('|'));

const CARD =
  /^(?:pan|cc|.*(?:card(?:number|num|no|pan)|(?:credit|debit|payment|bank)card|ccnum.*))$/i;

/** As the last word of a name, or the last before one that adds nothing: `db_pass`, `userPin`, `otp_code`. */
const LAST_WORDS = new Set([
  'pass',
  'pw',
  'creds',
  'pin',
  'pins',
  'otp',
  'otps',
  'totp',
  'hotp',
  'auth',
  'pan',
  'sid',
  'bearer',
  'salt',
  'pepper',
  'sig',
  'csrf',
  'xsrf',
  'ssn',
  'pem',
  'psk',
  'passport',
  'nino',
  'cpf',
  'cnpj',
  'bsn',
  'dni',
  'curp',
  'pesel',
  'nric',
  'itin',
  'senha',
  'csc',
]);
const EMPTY_WORDS = new Set([
  'number',
  'num',
  'no',
  'nr',
  'value',
  'hash',
  'code',
  'key',
  'hex',
  'string',
  'text',
  'header',
  'raw',
]);

const LAST_WORD = new RegExp(`(?:${[...LAST_WORDS].join('|')})(?:${[...EMPTY_WORDS].join('|')})*$`);
const ONLY_LAST_WORD = new RegExp(`^${LAST_WORD.source}`);

/** What such a word tells of a secret is no secret: `tokenType`, `passwordChangedAt`. */
const TELLS_ABOUT = new Set([
  'at',
  'type',
  'count',
  'length',
  'expiry',
  'expires',
  'expiration',
  'ttl',
  'version',
  'policy',
  'status',
  'strength',
  'algorithm',
  'alg',
  'attempts',
]);
const PUBLIC_ID = /(?:key|token|credential)ids?$/;

/** Longer names are not searched, which would cost time, but taken for telling ones. */
const MAX_NAME = 1024;
const ONE_WORD = /^[a-z]+$/;
const NO_LETTER = /[^a-z\u0080-\uffff]+/g;
const ASCII = /^[\0-\x7f]*$/;
// The borders of words: `fooBar`, `HTTPAuth`, `pin2`; everything but letters and digits is one, too.
const BORDER = /(?<=\p{Ll}|\d)(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\d)|[^\p{L}\d]+/u;

/** Tells whether a field of this name is never written. */
export function isSensitiveName(name: string): boolean {
  if (name.length > MAX_NAME) return true;
  if (ONE_WORD.test(name)) return FRAGMENT.test(name) || ONLY_LAST_WORD.test(name);
  const plain = ASCII.test(name) ? name : plainLetters(name);
  const joined = lettersOf(plain);
  return (FRAGMENT.test(joined) || LAST_WORD.test(joined)) && isTelling(joined, plain);
}

/** A closer look by words: `className` has no `ssn` in it. */
function isTelling(joined: string, name: string): boolean {
  const words = wordsOf(name, BORDER);
  if (words.length > 1 && TELLS_ABOUT.has(words.at(-1) ?? '')) return false;
  if (FRAGMENT.test(joined)) return !PUBLIC_ID.test(joined);
  // In `pIN`, the change of case is no border.
  return endsTelling(words) || endsTelling(wordsOf(name, /[^\p{L}\d]+/u));
}

/** Tells whether a field of this name holds the number of a payment card. */
export function isCardName(name: string): boolean {
  return name.length <= MAX_NAME && CARD.test(name.replace(/[^A-Za-z]/g, ''));
}

/** The words of a name in lower case, without numbers. */
function wordsOf(name: string, border: RegExp): string[] {
  return name
    .split(border)
    .map(lettersOf)
    .filter((word) => word !== '');
}

function lettersOf(text: string): string {
  const letters = text.toLowerCase().replace(NO_LETTER, '');
  return ASCII.test(letters) ? letters : latinLookalikes(letters);
}

function endsTelling(words: readonly string[]): boolean {
  const last = words.findLast((word) => !EMPTY_WORDS.has(word));
  return last !== undefined && LAST_WORDS.has(last);
}
