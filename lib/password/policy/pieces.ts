import { unitOf } from './folding.js';
import { directionOf, isStep, type Keyboard } from './keyboard.js';

/** Fewer characters in a row are no run: `ab` or `we` stand in any word. */
const MIN_RUN = 3;
const DIGITS = '0123456789';
/** So many different pieces of each character that is asked for are too few: 4 of 15, 2 of 8. */
const FEW = 0.3;

/** Tells whether a character continues a run after another. */
type Follows = (from: string, to: string) => boolean;

/**
 * Takes a folded text apart into what a person has to remember of it: runs of one character, of characters
 * that count up or down, of keys in a line; and single characters elsewhere. Linear.
 */
export function piecesOf(folded: string, keyboards: readonly Keyboard[]): string[] {
  const characters = Array.from(folded);
  const pieces: string[] = [];
  for (let at = 0; at < characters.length;) {
    const length = runLength(characters, at, keyboards);
    const taken = length < MIN_RUN ? 1 : length;
    pieces.push(characters.slice(at, at + taken).join(''));
    at += taken;
  }
  return pieces;
}

/**
 * Tells whether a folded text is nothing but repetitions and sequences: it repeats less than `minLength`
 * characters, or it has no more different pieces than three tenths of `minLength`, or of its own characters
 * where it is shorter. What nobody sees counts among its characters, and is no piece.
 *
 * @param characters how many the text has before folding, at least one
 */
export function isRepetitive(
  folded: string,
  { characters, minLength }: { characters: number; minLength: number },
  keyboards: readonly Keyboard[],
): boolean {
  const unit = unitOf(folded);
  if (unit !== folded && Array.from(unit).length < minLength) return true;
  const few = Math.floor(Math.min(characters, minLength) * FEW);
  return new Set(piecesOf(folded, keyboards)).size <= few;
}

function runLength(characters: readonly string[], start: number, keyboards: readonly Keyboard[]) {
  const rules = [equals, countsUp, countsDown, ...walksFrom(characters, start, keyboards)];
  return Math.max(...rules.map((follows) => lengthBy(follows, characters, start)));
}

/** In a straight line only: in most random texts some key lies next to the one before. */
function walksFrom(
  characters: readonly string[],
  start: number,
  keyboards: readonly Keyboard[],
): Follows[] {
  const [first = '', second = ''] = [characters[start], characters[start + 1]];
  return keyboards.flatMap((keyboard): Follows[] => {
    const direction = second === '' ? -1 : directionOf(keyboard, first, second);
    return direction === -1 ? [] : [(from, to) => isStep(keyboard, direction, from, to)];
  });
}

function equals(from: string, to: string): boolean {
  return from === to;
}

function countsUp(from: string, to: string): boolean {
  return isCountedBy(1, from, to);
}

function countsDown(from: string, to: string): boolean {
  return isCountedBy(-1, from, to);
}

function lengthBy(follows: Follows, characters: readonly string[], start: number): number {
  let end = start + 1;
  while (end < characters.length && follows(characters[end - 1] ?? '', characters[end] ?? '')) {
    end += 1;
  }
  return end - start;
}

function isCountedBy(step: number, from: string, to: string): boolean {
  const digit = DIGITS.indexOf(from);
  if (digit !== -1) return to === DIGITS[(digit + step + 10) % 10];
  return (to.codePointAt(0) ?? 0) - (from.codePointAt(0) ?? 0) === step;
}
