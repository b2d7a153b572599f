import { fold, spellings } from './folding.js';
import { keyboardsOf, type Keyboard } from './keyboard.js';

/** What passwords are compared with. */
export interface WordLists {
  /** Passwords that are used often, words, and what the options add; folded. */
  readonly blocked: ReadonlySet<string>;
  /** The length of the longest of them. */
  readonly longest: number;
  /** On what walks from key to key are found. */
  readonly keyboards: readonly Keyboard[];
}

/**
 * Loads the lists of `@zxcvbn-ts/language-common`: 49,000 passwords from breaches by their frequency, and the
 * 7,776 words of EFF's long list. Takes some 50 ms once, and 4 MB of heap.
 *
 * @param additions passwords to block beside them
 */
export async function loadWordLists(additions: readonly string[]): Promise<WordLists> {
  const { dictionary, adjacencyGraphs } = await import('@zxcvbn-ts/language-common');
  // They are folded already, all of them ASCII.
  const blocked = new Set([...dictionary['passwords-common'], ...dictionary['diceware-common']]);
  for (const addition of additions) {
    for (const form of spellings(fold(addition))) if (form !== '') blocked.add(form);
  }
  let longest = 0;
  for (const word of blocked) longest = Math.max(longest, word.length);
  return { blocked, longest, keyboards: keyboardsOf(adjacencyGraphs) };
}
