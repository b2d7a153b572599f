import { REDACTED } from '../../common/secret.js';

/** Gives the pseudonym of an e-mail address. */
export type PseudonymOfEmail = (address: string) => string;

/** Secrets are looked for in so many characters of a text; what lies beyond is cut off unread. */
export const SCANNED_CHARACTERS = 4096;
const KEPT_CHARACTERS = 1024;
/** What stands in the place of whatever was left out. */
export const CUT = '[cut]';
const TELLING_NAME =
  '(?:(?:pass(?:word|wd|phrase|code)|pwd|secret|token|credential|signature|jwt|(?:api|access|private|session)[_-]?key|session[_-]?id)[\\w-]{0,40}|(?<![\\w-])(?:pass|pw|pin|t?otp|sid))';

/*
 * Every pattern runs in time linear in the text, or over at most 4096 characters from each start. They
 * find what can be told by its form; a secret that looks like any other text is only found by its name.
 */
const SECRET_PATTERNS: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/g,
  /\beyJ[\w-]{4,}\.[\w-]{2,}(?:\.[\w-]*)*/g,
  // The rest of the line of these headers, whatever their form.
  /\b(?:proxy-)?authorization["']?\s?[:=][^\r\n]*/gi,
  /\b(?:set-)?cookie["']?\s?[:=][^\r\n]*/gi,
  /\b(?:bearer|basic)\s+[\w.~+/=-]{8,}/gi,
  /\$(?:argon2(?:id|i|d)|2[abxy]|scrypt|pbkdf2[\w-]*|pepper|bcrypt[\w-]*|[156y])\$[^\s"'<>]+/g,
  /\bgAAAAA[\w-]{80,}={0,2}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|sk_live_|sk_test_|rk_live_|whsec_|sk-|npm_|SG\.|AIza)[\w.-]{10,}/g,
  // The password of a URL with credentials.
  /(?<=\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@:]{0,100}:)[^\s/@]+(?=@)/gi,
  // name=value and "name: value" with a telling name, as in query strings, forms, headers and broken JSON.
  afterTellingName(`"`, `(?:[^"\\\\]|\\\\.)+`),
  afterTellingName(`'`, `(?:[^'\\\\]|\\\\.)+`),
  afterTellingName(`\\\\"`, `[^\\\\]+`),
  afterTellingName('', `[^\\s&"',;\\\\]+`),
];
const EMAIL = /[^\s@<>()[\]"',;:\\/=&?]{1,64}@[a-z0-9](?:[a-z0-9-]{0,62}\.){1,8}[a-z]{2,24}/gi;
const CARD = /(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g;

/**
 * Takes secrets out of a text, replaces e-mail addresses by pseudonyms and card numbers by their last
 * four digits, then cuts it to 1,024 characters. A secret that reaches across the cut is removed whole.
 */
export function redactText(text: string, pseudonymOf: PseudonymOfEmail): string {
  let safe = text.slice(0, endOfScan(text));
  for (const pattern of SECRET_PATTERNS) safe = safe.replace(pattern, REDACTED);
  safe = safe
    .replace(CARD, (match) => maskCard(match))
    .replace(EMAIL, (address) => pseudonymOf(address));
  const isCut = text.length > SCANNED_CHARACTERS || safe.length > KEPT_CHARACTERS;
  return isCut ? safe.slice(0, KEPT_CHARACTERS) + CUT : safe;
}

/** Finds what follows a telling name, a sign of equality and an opening quote. */
function afterTellingName(quote: string, value: string): RegExp {
  return new RegExp(`(?<=${TELLING_NAME}\\\\?["']?\\s{0,3}[=:]\\s{0,3}${quote})${value}`, 'gis');
}

/** Where to stop reading: not within a word, whose visible half might be half a secret. */
function endOfScan(text: string): number {
  if (text.length <= SCANNED_CHARACTERS) return text.length;
  let end = SCANNED_CHARACTERS;
  while (end > 0 && !/\s/.test(text.charAt(end))) end -= 1;
  return end;
}

function maskCard(match: string): string {
  const digits = match.replace(/\D/g, '');
  return hasLuhnCheckDigit(digits) ? `[card ending ${digits.slice(-4)}]` : match;
}

/** ISO/IEC 7812-1, annex B. */
function hasLuhnCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const weighted = place % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
