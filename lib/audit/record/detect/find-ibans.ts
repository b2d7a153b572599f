import { secretAt, type Finding } from './finding.js';
import { IBAN_LENGTHS } from './iban-lengths.js';
import { matchesOf } from './matches.js';

/** In small letters they stand alone: within a hash, they are most likely none. */
const START = /[A-Z]{2}\d{2}|(?<![a-z\d])[a-z]{2}\d{2}/g;
const GROUPS = /^(?:[A-Za-z\d][ .-]?)+/;
const SEPARATORS = new Set([' ', '.', '-']);
const MAX_WRITTEN = 80;
/** Numbers of fewer digits are in no country's form, and ordinary words look like them. */
const MIN_DIGITS = 10;

/** International bank account numbers (ISO 13616) with their check digits, written in one or in groups. */
export function findIbans(text: string): Finding[] {
  const found: Finding[] = [];
  for (const { index, 0: start } of matchesOf(text, START)) {
    const length = IBAN_LENGTHS.get(start.slice(0, 2).toUpperCase());
    const written = length && writtenNumber(text.slice(index, index + MAX_WRITTEN), length);
    if (written) found.push(secretAt(index, index + written.length));
  }
  return found;
}

/** What of a text is the number: so many letters and digits, at most one separator between two of them. */
function writtenNumber(text: string, length: number): string | undefined {
  const [written] = GROUPS.exec(text) ?? [''];
  let end = 0;
  for (let count = 0; count < length; end += 1) {
    if (end === written.length) return undefined;
    if (!SEPARATORS.has(written.charAt(end))) count += 1;
  }
  const isSmall = /^[a-z]/.test(text);
  if (isSmall && /^[a-z\d]/i.test(text.charAt(end))) return undefined;
  const number = text.slice(0, end).replace(/[ .-]/g, '').toUpperCase();
  return countDigits(number) >= MIN_DIGITS && hasCheckDigits(number)
    ? text.slice(0, end)
    : undefined;
}

function countDigits(text: string): number {
  return text.replace(/\D/g, '').length;
}

/** ISO 7064, MOD 97-10. */
function hasCheckDigits(number: string): boolean {
  let remainder = 0;
  for (let place = 0; place < number.length; place += 1) {
    const code = number.charCodeAt((place + 4) % number.length);
    // Digits stand for themselves, letters for 10 to 35.
    remainder = code < 65 ? remainder * 10 + code - 48 : remainder * 100 + code - 55;
    remainder %= 97;
  }
  return remainder === 1;
}
