import { unitOf } from './folding.js';
import { isStep, type Keyboard } from './keyboard.js';

/** Fewer characters in a row are no run: `ab` or `we` stand in any word. */
const MIN_RUN = 3;
const DIGITS = '0123456789';

/**
 * Takes a folded text apart into what a person has to remember of it: runs of one character, of characters
 * that count up or down, of neighbouring keys; and single characters elsewhere. Linear.
 */
export function piecesOf(folded: string, keyboards: readonly Keyboard[]): string[] {
  const characters = Array.from(folded);
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; ) {
    const length = runLength(characters, at, keyboards);
    const taken = length < MIN_RUN ? 1 : length;
    pieces.push(characters.slice(at, at + taken).join(''));
    at += taken;
  }
  return pieces;
}

/**
 * Tells whether a folded text is nothing but repetitions and sequences: it repeats less than `minLength`
 * characters, or it has no more different pieces than a third of `minLength`, or of its own characters where
 * it is shorter. What nobody sees counts among its characters, and is no piece.
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
  const few = Math.floor(Math.min(characters, minLength) / 3);
  return new Set(piecesOf(folded, keyboards)).size <= few;
}

function runLength(
  characters: readonly string[],
  start: number,
  keyboards: readonly Keyboard[],
): number {
  const rules = [
    ...[0, 1, -1].map((step) => (from: string, to: string) => counts(from, to, step)),
    ...keyboards.map((keyboard) => (from: string, to: string) => isStep(keyboard, from, to)),
  ];
  return Math.max(...rules.map((follows) => lengthBy(follows, characters, start)));
}

function lengthBy(
  follows: (from: string, to: string) => boolean,
  characters: readonly string[],
  start: number,
): number {
  let end = start + 1;
  while (end < characters.length && follows(characters[end - 1] ?? '', characters[end] ?? '')) {
    end += 1;
  }
  return end - start;
}

function counts(from: string, to: string, step: number): boolean {
  const digit = DIGITS.indexOf(from);
  if (digit !== -1) return to === DIGITS[(digit + step + 10) % 10];
  return (to.codePointAt(0) ?? 0) - (from.codePointAt(0) ?? 0) === step;
}
