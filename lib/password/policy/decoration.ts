import { piecesOf } from './pieces.js';
import type { WordLists } from './word-lists.js';

/** Letters, digits, or what is neither: a part of a password that was put in as one. */
const PARTS = /\p{L}+|\p{N}+|[^\p{L}\p{N}]+/gu;
/** A date, at most. */
const MAX_DIGITS = 8;
const WORD = 3;
/** One word and a date, at most. */
const MAX_WEIGHT = 4;

/**
 * Tells whether the parts of a password beside the word that carries it add nothing worth mentioning: few
 * parts, each a number of at most eight digits, a sequence or a few signs; a listed word counts as three, and
 * other letters one by one.
 *
 * @param rest the password, folded, with its word cut out
 */
export function isDecoration(rest: readonly string[], lists: WordLists): boolean {
  let weight = 0;
  for (const part of rest.flatMap((text) => text.match(PARTS) ?? [])) {
    weight += weightOf(part, lists);
    if (weight > MAX_WEIGHT) return false;
  }
  return true;
}

function weightOf(part: string, { blocked, keyboards }: WordLists): number {
  if (new Set(piecesOf(part, keyboards)).size === 1) return 1;
  if (/^\p{L}/u.test(part)) return blocked.has(part) ? WORD : part.length;
  if (/^\p{N}/u.test(part)) return part.length <= MAX_DIGITS || blocked.has(part) ? 1 : part.length;
  return part.length <= MAX_WEIGHT ? 1 : part.length;
}
