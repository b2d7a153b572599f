import { randBelow } from '../common/random.js';
import { SecretsError } from '../errors/secrets.error.js';

const ALPHABETS = Object.freeze({
  base58: '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz',
  base62: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  crockford32: '0123456789ABCDEFGHJKMNPQRSTVWXYZ',
});
/** What reads like a name: its letters would make a small alphabet that nobody wants. */
const NAME = /^(base|crockford|z-?base)-?\d+\w*$|^hex$/i;

/** The alphabets that have a name. */
export type AlphabetName = keyof typeof ALPHABETS;

/**
 * The characters of a named alphabet, or of one given as the text of its characters. Characters are
 * Unicode code points, not UTF-16 units.
 *
 * @throws TypeError when it is no text
 * @throws SecretsError `SECRET_ALPHABET_UNFIT` for fewer than two characters, one that stands twice, a lone
 * surrogate, or an unknown name
 */
export function charactersOf(alphabet: string): readonly string[] {
  if (typeof alphabet !== 'string') throw new TypeError('the alphabet must be a text');
  const characters = Array.from(isNamed(alphabet) ? ALPHABETS[alphabet] : alphabet);
  const fault = isNamed(alphabet) ? undefined : faultOf(alphabet, characters);
  if (fault !== undefined) {
    throw new SecretsError('SECRET_ALPHABET_UNFIT', `the alphabet ${fault}`);
  }
  return characters;
}

/** A text of so many characters of an alphabet, each drawn on its own. */
export function drawText(characters: readonly string[], length: number): string {
  return Array.from({ length }, () => characters[randBelow(characters.length)]).join('');
}

/** The fewest characters of an alphabet of this size that hold so many bits; exact for any figures. */
export function lengthFor(bits: number, alphabetSize: number): number {
  const needed = 2n ** BigInt(bits);
  let length = Math.floor(bits / Math.log2(alphabetSize));
  while (BigInt(alphabetSize) ** BigInt(length) < needed) length += 1;
  return length;
}

function isNamed(alphabet: string): alphabet is AlphabetName {
  return Object.hasOwn(ALPHABETS, alphabet);
}

function faultOf(alphabet: string, characters: readonly string[]): string | undefined {
  if (NAME.test(alphabet)) {
    return `"${alphabet}" has no such name: there are ${Object.keys(ALPHABETS).join(', ')}`;
  }
  if (!alphabet.isWellFormed()) return 'has a lone surrogate';
  if (characters.length < 2) return 'needs at least two characters';
  if (new Set(characters).size < characters.length) return 'has a character twice';
  return undefined;
}
