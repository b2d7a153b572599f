import { isDecoration } from './decoration.js';
import { readings, spellings, unitOf } from './folding.js';
import type { WordLists } from './word-lists.js';

/** So many characters may be taken off at either end, one by one, to find a word in between. */
const MAX_STRIPPED = 12;
const LETTER = /\p{L}/u;
const LETTERS = /\p{L}/gu;

/**
 * Tells whether a folded password, as a whole, is a listed one: as it stands, repeated, with separators or
 * accents, with digits and signs for letters, or with decoration around it ({@link isDecoration}). A listed word
 * among others is no reason.
 */
export function isBlocked(folded: string, lists: WordLists): boolean {
  return spellings(folded).some((text) => isListed(text, lists));
}

function isListed(text: string, lists: WordLists): boolean {
  return (
    readings(text).some((reading) => lists.blocked.has(unitOf(reading))) ||
    isDecorated(text, lists) ||
    isDecoratedRepetition(text, lists)
  );
}

/** Looks for a listed word between any two ends that hold no letter. */
function isDecorated(text: string, lists: WordLists): boolean {
  const words = readings(text);
  const lead = Math.min(leadOf(text).length, MAX_STRIPPED);
  const trail = Math.min(trailOf(text).length, MAX_STRIPPED);
  for (let start = 0; start <= lead; start += 1) {
    for (let end = text.length - trail; end <= text.length; end += 1) {
      if (end - start > lists.longest || end <= start) continue;
      if (!isMostlyLetters(text.slice(start, end))) continue;
      if (!words.some((word) => lists.blocked.has(word.slice(start, end)))) continue;
      if (isDecoration([text.slice(0, start), text.slice(end)], lists)) return true;
    }
  }
  return false;
}

/** Else any run of random digits would be read as a word somewhere. */
function isMostlyLetters(text: string): boolean {
  return (text.match(LETTERS)?.length ?? 0) * 2 >= text.length;
}

/** As `passwordpassword2024!`. */
function isDecoratedRepetition(text: string, lists: WordLists): boolean {
  const [lead, trail] = [leadOf(text), trailOf(text)];
  const core = text.slice(lead.length, text.length - trail.length);
  const unit = unitOf(core);
  if (unit === core) return false;
  return (
    readings(unit).some((word) => lists.blocked.has(word)) && isDecoration([lead, trail], lists)
  );
}

function leadOf(text: string): string {
  return /^\P{L}*/u.exec(text)?.[0] ?? '';
}

function trailOf(text: string): string {
  let start = text.length;
  while (start > 0 && !LETTER.test(lastCharacter(text, start))) {
    start -= lastCharacter(text, start).length;
  }
  return text.slice(start);
}

function lastCharacter(text: string, end: number): string {
  const pair = text.slice(end - 2, end);
  return (pair.codePointAt(0) ?? 0) > 0xffff ? pair : text.slice(end - 1, end);
}
