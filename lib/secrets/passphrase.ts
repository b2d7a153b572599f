import { checkWhole } from '../common/check-whole.js';
import { randBelow } from '../common/random.js';
import { EFF_LARGE_WORDLIST } from './eff-large-wordlist.js';
import type { GeneratedSecret } from './generated-secret.js';

/** How a passphrase is made. */
export interface PassphraseOptions {
  /**
   * The fewest words, 1 to 64. Each has 12.9 bits.
   *
   * @default 6 (77.5 bits)
   */
  words?: number;
  /**
   * The least entropy, 0 to 827 bits; words are added until it is reached.
   *
   * @default 0 (`words` alone decides)
   */
  minEntropyBits?: number;
  /**
   * What stands between the words. The entropy is the same for any text, the empty one included, since
   * no word is the beginning of another. Four words have a hyphen in them.
   *
   * @default ' '
   */
  separator?: string;
  /**
   * Begins each word with a capital letter, for forms that demand one. Adds no entropy.
   *
   * @default false
   */
  capitalize?: boolean;
}

const DEFAULT_WORDS = 6;
const MAX_WORDS = 64;
const BITS_PER_WORD = Math.log2(EFF_LARGE_WORDLIST.length);

/**
 * Draws a passphrase from EFF's Long Wordlist, each word on its own.
 *
 * @throws TypeError, RangeError for an option of the wrong type or out of bounds
 */
export function generatePassphrase(options: PassphraseOptions): GeneratedSecret {
  const { separator = ' ', capitalize = false } = options;
  if (typeof separator !== 'string' || !separator.isWellFormed()) {
    throw new TypeError('separator must be a text without lone surrogates');
  }
  const count = wordCount(options);
  const words = Array.from({ length: count }, () => drawWord(capitalize));
  return { value: words.join(separator), entropyBits: count * BITS_PER_WORD };
}

function wordCount({ words = DEFAULT_WORDS, minEntropyBits = 0 }: PassphraseOptions): number {
  checkWhole(words, 'words', 1, MAX_WORDS);
  if (typeof minEntropyBits !== 'number') throw new TypeError('minEntropyBits must be a number');
  const needed = Math.ceil(minEntropyBits / BITS_PER_WORD);
  if (!(minEntropyBits >= 0 && needed <= MAX_WORDS)) {
    const most = Math.floor(MAX_WORDS * BITS_PER_WORD);
    throw new RangeError(`minEntropyBits must be a number from 0 to ${most}`);
  }
  return Math.max(words, needed);
}

function drawWord(capitalize: boolean): string {
  const word = EFF_LARGE_WORDLIST[randBelow(EFF_LARGE_WORDLIST.length)] ?? '';
  return capitalize ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}
