import { inAnyCase } from './credential-form.js';
import { CREDENTIAL_FORMS } from './credential-forms.js';
import { IBAN_LENGTHS } from './iban-lengths.js';
import { VENDOR_KEYS } from './vendor-keys.js';

/** A sign of equality behind what may be a name. */
export const SIGN = 1;
/** `@`: an e-mail address, or a URL with credentials. */
export const AT = 2;
/** `%`, `&`, `+` or a backslash: something may be written in escapes. */
export const ESCAPE = 4;
/** Anything beyond ASCII. */
export const NOT_ASCII = 8;
/** As many digits as a card number has, or more, with nothing but separators among them. */
export const CARD_DIGITS = 16;
/** Two letters that stand for a country with two digits behind, and as many digits as an IBAN has, or more. */
export const IBAN = 32;
/** A hyphen that may begin an argument of a command. */
export const ARGUMENT = 64;
/** A quote or a control character: with these, or a backslash, JSON needs escapes. */
export const QUOTE = 128;
/** The beginning of an element of XML. */
export const ELEMENT = 256;
/** What is in every word that labels a value: `name`, `key`, `field`, `header`. */
export const LABEL = 512;
/** Every feature there is: nothing is passed over. */
export const EVERY_FEATURE = -1;

const FIRST_FORM_BIT = 10;
const FIRST_VENDOR_BIT = 18;
const BITS = 32;
/** The bits of the forms of {@link VENDOR_KEYS}. */
const VENDOR_BITS = -1 << FIRST_VENDOR_BIT;
/** What is shorter, as most ids are, is no vendor's key. */
const SHORTEST_VENDOR_KEY = 13;
const ASCII = 128;
const MIN_CARD_DIGITS = 13;
const MIN_IBAN_DIGITS = 10;
/** Of no word. A text begins behind it. */
const NOTHING = 0;

/**
 * What a text has that any secret might need, as bits; 0 for most texts. A detector whose bit is missing
 * would find nothing. One pass, two over what has many digits; no memory.
 */
export function featuresOf(text: string): number {
  let features = 0;
  let before = NOTHING;
  let digits = 0;
  let digitsInRun = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ASCII) {
      features |= NOT_ASCII;
      before = NOTHING;
      continue;
    }
    features |= FEATURES_OF_PAIRS[before * ASCII + code] ?? 0;
    if (isDigit(code)) {
      digits += 1;
      digitsInRun += 1;
      if (digitsInRun === MIN_CARD_DIGITS) features |= CARD_DIGITS;
    } else if (digitsInRun > 0 && !isSeparator(code)) digitsInRun = 0;
    before = code;
  }
  if (text.length < SHORTEST_VENDOR_KEY) return features & ~VENDOR_BITS;
  return digits >= MIN_IBAN_DIGITS && hasCountry(text) ? features | IBAN : features;
}

/** The bit of a form of {@link CREDENTIAL_FORMS}. There are more forms than bits: some share one. */
export function featureOfForm(index: number): number {
  const others = CREDENTIAL_FORMS.length - VENDOR_KEYS.length;
  return index < others
    ? 1 << (FIRST_FORM_BIT + (index % (FIRST_VENDOR_BIT - FIRST_FORM_BIT)))
    : 1 << (FIRST_VENDOR_BIT + ((index - others) % (BITS - FIRST_VENDOR_BIT)));
}

/** Whether two digits stand somewhere behind the two letters of a country with IBANs. */
function hasCountry(text: string): boolean {
  for (let at = 3; at < text.length; at += 1) {
    if (!isDigit(text.charCodeAt(at)) || !isDigit(text.charCodeAt(at - 1))) continue;
    const pair = text.charCodeAt(at - 3) * ASCII + text.charCodeAt(at - 2);
    if (COUNTRIES[pair] === 1) return true;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Space, `-`, `.`, `/` or `_`. */
function isSeparator(code: number): boolean {
  return code === 32 || (code >= 45 && code <= 47) || code === 95;
}

/** By the codes of two characters in a row: the features that they, or the second alone, are a sign of. */
const FEATURES_OF_PAIRS = featuresOfPairs();

const COUNTRIES = countryPairs();

function countryPairs(): Uint8Array {
  const table = new Uint8Array(ASCII * ASCII);
  for (const pair of inAnyCase(...IBAN_LENGTHS.keys()))
    table[pair.charCodeAt(0) * ASCII + pair.charCodeAt(1)] = 1;
  return table;
}

function featuresOfPairs(): Int32Array {
  const table = new Int32Array(ASCII * ASCII);
  const characters = Array.from({ length: ASCII }, (_, code) => String.fromCharCode(code));
  const add = (firsts: readonly string[], second: string, feature: number): void => {
    for (const first of firsts) {
      const pair = first.charCodeAt(0) * ASCII + second.charCodeAt(0);
      table[pair] = (table[pair] ?? 0) | feature;
    }
  };
  const matching = (pattern: RegExp): string[] => characters.filter((each) => pattern.test(each));
  for (const sign of '=:') add(matching(/[\w$.\-[\]"'`)}\\\s!\0]/), sign, SIGN);
  for (const sign of '%&+\\') add(characters, sign, ESCAPE);
  for (const [code, each] of characters.entries())
    if (code < 32 || code === 127 || '"\'`'.includes(each)) add(characters, each, QUOTE);
  add(characters, '@', AT);
  for (const [first = '', second = ''] of inAnyCase('am', 'ke', 'ie', 'ad'))
    add([first], second, LABEL);
  add(matching(/[^\w]/), '-', ARGUMENT);
  for (const first of matching(/[\w:.-]/)) add(['<'], first, ELEMENT);
  for (const [index, { marks }] of CREDENTIAL_FORMS.entries())
    for (const [first = '', second] of marks.map((mark) => mark.split('')))
      if (second === undefined) add(characters, first, featureOfForm(index));
      else add([first], second, featureOfForm(index));
  return table;
}
