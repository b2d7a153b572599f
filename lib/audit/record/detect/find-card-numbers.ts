import type { Finding } from './finding.js';
import { matchesOf } from './matches.js';

const MIN_DIGITS = 13;
const MAX_DIGITS = 19;
/** Digits with at most two separators between them. */
const RUN = /\d(?:[ \-./_\u2010-\u2015]{0,2}\d){12,}/g;
const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gi;
/** A digest in hexadecimal, or a UUID without hyphens: of 16, 20, 24, … bytes. */
const HEX = /(?<![\da-z])(?:[\da-f]{8}){4,16}(?![\da-z])/gi;
/** How numbers are printed: 4-4-4-4 and its kin, American Express, Diners Club. */
const GROUPINGS = /^(?:1[3-9]|4,4,4,[1-7]|4,4,4,4(?:,[1-3])?|4,6,5|4,6,4|4,3,3,3|6,\d{1,2}|8,8)$/;

const MAX_GROUPS = 5;
/** Two separators between any two digits. */
const MAX_WRITTEN = 3 * MAX_DIGITS;

/**
 * Numbers of payment cards with their Luhn digit (ISO/IEC 7812-1, annex B), written in one or with
 * separators. Of each, the last four digits stay. Times in milliseconds and most other numbers are told
 * apart by the issuers' prefixes.
 */
export function findCardNumbers(text: string): Finding[] {
  const runs = Array.from(matchesOf(text, RUN));
  if (runs.length === 0) return [];
  const apart = [...matchesOf(text, UUID), ...matchesOf(text, HEX)]
    .filter(([match]) => /[a-f-]/i.test(match))
    .map(({ index, 0: match }) => ({ start: index, end: index + match.length }));
  return runs
    .flatMap(({ index, 0: run }) => cardsIn(run, index))
    .filter(({ start, end }) => !apart.some((id) => id.start < end && start < id.end));
}

/** What may be shown of a card number. */
export function maskedCard(digits: string): string {
  return `[card ending ${digits.slice(-4)}]`;
}

/** Whether digits are as many as a card number has. */
export function hasCardLength(digits: string): boolean {
  return digits.length >= MIN_DIGITS && digits.length <= MAX_DIGITS;
}

function cardsIn(run: string, offset: number): Finding[] {
  const groups = Array.from(run.matchAll(/\d+/g), ({ index, 0: digits }) => ({ index, digits }));
  const cards = groups.flatMap((_, first) => cardAt(groups, first, offset));
  if (cards.length > 0) return cards;
  const whole = run.length <= MAX_WRITTEN ? run.replace(/\D/g, '') : '';
  const isWhole = isCard(whole);
  return isWhole ? [{ start: offset, end: offset + run.length, shown: maskedCard(whole) }] : [];
}

interface Group {
  readonly index: number;
  readonly digits: string;
}

/**
 * A card number that begins with this group and is grouped as cards are: the shortest, since what follows
 * may be its security code.
 */
function cardAt(groups: readonly Group[], first: number, offset: number): Finding[] {
  const start = groups[first]?.index ?? 0;
  let digits = '';
  let lengths = '';
  for (const group of groups.slice(first, first + MAX_GROUPS)) {
    digits += group.digits;
    lengths += `${lengths === '' ? '' : ','}${group.digits.length}`;
    if (digits.length > MAX_DIGITS) return [];
    const isGrouped = digits.length >= MIN_DIGITS && GROUPINGS.test(lengths);
    if (!isGrouped || !isCard(digits)) continue;
    const end = group.index + group.digits.length;
    return [{ start: offset + start, end: offset + end, shown: maskedCard(digits) }];
  }
  return [];
}

function isCard(digits: string): boolean {
  return hasCardLength(digits) && hasIssuer(digits) && hasLuhnDigit(digits);
}

/** Whether a payment scheme has numbers of this beginning and length. */
function hasIssuer(digits: string): boolean {
  if (digits.length === 13) return digits.startsWith('4');
  if (digits.length === 14) return /^3[0689]/.test(digits);
  if (digits.length === 15) return /^3[47]/.test(digits);
  return /^(?:[3456]|22|2[3-7]|81|82|9792)/.test(digits);
}

function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48;
    const weighted = place % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
