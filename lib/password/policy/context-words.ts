import { isDecoration } from './decoration.js';
import { fold, joinWords, readings, spellings, withoutAccents } from './folding.js';
import type { PasswordContext } from './password-context.js';
import type { WordLists } from './word-lists.js';

/** Shorter words stand in too many others. */
export const MIN_CONTEXT_WORD = 3;

const MAX_WORDS = 100;
/** The longest e-mail address has 254. */
const MAX_CHARACTERS = 256;
/** Comparing takes more than linear time, and nobody types names for longer than that. */
const MAX_COMPARED = 256;
const NOT_IN_WORDS = /[^\p{L}\p{N}\p{M}]+/u;

/**
 * The words on which a password must not be built, folded, the longest first: the names of the service, and
 * what is known of the person, whole and in parts. At most 100 of each, and the first 256 characters.
 */
export function contextWords(
  { words = [], email = '', username = '', name = '' }: PasswordContext,
  serviceNames: readonly string[],
): string[] {
  const texts = [...serviceNames.slice(0, MAX_WORDS), ...words.slice(0, MAX_WORDS)];
  const found = new Set(
    [...texts, email, username, name].flatMap((text) => formsOf(text.slice(0, MAX_CHARACTERS))),
  );
  return [...found]
    .filter((word) => Array.from(word).length >= MIN_CONTEXT_WORD)
    .toSorted((a, b) => b.length - a.length);
}

/** `Ann-Marie Lee` gives `ann-marie lee`, `annmarielee`, `ann`, `marie`, `lee`; `Zoë` gives `zoe`, too. */
function formsOf(text: string): string[] {
  const folded = fold(text.toWellFormed());
  const forms = [folded, joinWords(folded), ...folded.split(NOT_IN_WORDS)];
  return [...forms, ...forms.map(withoutAccents)];
}

/**
 * Tells whether a folded password is built on context words: cut out wherever they stand, as they are, without
 * accents or with digits and signs for letters, they leave nothing but decoration ({@link isDecoration}). A password
 * that has more to it may hold such a word; so may one of more than 256 characters.
 *
 * @param words those of {@link contextWords}
 */
export function isBuiltOn(words: readonly string[], folded: string, lists: WordLists): boolean {
  if (folded.length > MAX_COMPARED) return false;
  return spellings(folded).some((text) =>
    readings(text).some((reading) => {
      const rest = cutOut(words, reading, text);
      return rest !== undefined && isDecoration(rest, lists);
    }),
  );
}

/** What is left of a text where the words stand in its reading; `undefined` where none does. */
function cutOut(words: readonly string[], reading: string, text: string): string[] | undefined {
  const covered = Array.from({ length: text.length }, () => false);
  for (const word of words) {
    for (let at = reading.indexOf(word); at !== -1; at = reading.indexOf(word, at + word.length)) {
      covered.fill(true, at, at + word.length);
    }
  }
  if (!covered.includes(true)) return undefined;
  const rest = Array.from(covered, (isCovered, at) => (isCovered ? '\n' : (text[at] ?? '')));
  return rest.join('').split(/\n+/);
}
