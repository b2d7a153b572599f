import { REDACTED } from '../../common/secret.js';
import type { PseudonymOfEmail } from './detect/find-emails.js';
import { hasCardLength, maskedCard } from './detect/find-card-numbers.js';
import { CUT } from './detect/finding.js';
import { quotedBytes } from './json-text.js';
import { PersonalData } from './personal/personal-data.js';
import { redactText, SCANNED_CHARACTERS } from './redact-text.js';
import { isCardName, isSensitiveName } from './sensitive-names.js';
import { isTellingEntry, isToldByItem, isToldByNeighbour } from './telling-neighbours.js';
import { parseNestedJson, shapeOf, UNREADABLE } from './value-shape.js';

/** Plain data, as JSON holds it. */
export type JsonValue =
  string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };

const MAX_DEPTH = 8;
const MAX_ITEMS = 100;
const MAX_NAME = 128;
/** Of a list or a structure: its brackets, and the mark at its end, should it be cut. */
const FRAME_BYTES = '{"[cut]":true,}'.length;
/** Kept free for what no longer fits and is marked as cut. */
const RESERVED_BYTES = 64;
const MAX_BYTES = 16 * 1024 - RESERVED_BYTES;
/** Searching costs time even where little is kept: so many characters are searched at the most. */
const MAX_SEARCHED = 64 * 1024;
/** No integer of use is larger, and writing a huge one takes long. */
const MAX_BIGINT = 1n << 256n;
/** Of a card number with separators, and of what is written for one. */
const MAX_CARD_TEXT = 64;
const SMALLEST_CARD = 1e12;
const MASKED_CARD = /^\[card ending \d{4}\]$/;

/** What is written for a value that was marked as personal. */
export type PersonalText = (data: PersonalData) => string;

/**
 * Turns any value into plain data without secrets: fields with telling names are replaced, texts and
 * names are searched (see {@link redactText}), and what JSON cannot hold is described. At most 8 levels,
 * 100 items a level, 16 KiB as JSON; the rest is marked as cut. Never throws, whatever getters, proxies or
 * `toJSON` methods do. What it gives, it gives again for its own result.
 *
 * @param personalText what is written for personal data
 * @default `[redacted]`
 */
export function redact(
  value: unknown,
  pseudonymOf: PseudonymOfEmail,
  personalText: PersonalText = () => REDACTED,
): JsonValue {
  return new Redaction(pseudonymOf, personalText).of(value, 0);
}

class Redaction {
  readonly #pseudonymOf: PseudonymOfEmail;
  readonly #personalText: PersonalText;
  readonly #ancestors: object[] = [];
  #bytesLeft = MAX_BYTES;
  #searchesLeft = MAX_SEARCHED;

  constructor(pseudonymOf: PseudonymOfEmail, personalText: PersonalText) {
    this.#pseudonymOf = pseudonymOf;
    this.#personalText = personalText;
  }

  of(value: unknown, depth: number): JsonValue {
    if (this.#bytesLeft <= 0) return CUT;
    if (typeof value === 'object' && value !== null) return this.#ofObject(value, depth);
    return this.#spend(this.#ofPrimitive(value));
  }

  #ofPrimitive(value: unknown): string | number | boolean | null {
    if (typeof value === 'string') return this.#ofText(value);
    if (typeof value === 'number') return this.#ofNumber(value);
    if (typeof value === 'boolean') return value;
    if (typeof value === 'bigint')
      return value < MAX_BIGINT && value > -MAX_BIGINT ? this.#search(String(value)) : '[bigint]';
    return value === null ? null : `[${typeof value}]`;
  }

  #ofNumber(value: number): string | number {
    if (Math.abs(value) < SMALLEST_CARD) return value;
    if (!Number.isFinite(value)) return String(value);
    const text = String(value);
    const safe = this.#search(text);
    return safe === text ? value : safe;
  }

  #ofText(text: string): string {
    // Reading JSON is a search, too.
    if (this.#searchesLeft < 0) return CUT;
    const nested = parseNestedJson(text);
    if (nested === undefined) return this.#ofPlainText(text);
    // What stands in a text counts by the length of that text.
    const bytesLeft = this.#bytesLeft;
    this.#bytesLeft = MAX_BYTES;
    this.#searchesLeft -= text.length;
    const safe = JSON.stringify(this.of(nested, 1));
    this.#bytesLeft = bytesLeft;
    return this.#search(safe === canonical(nested) ? text : safe);
  }

  /** Without what was escaped in it, a text may have become JSON. */
  #ofPlainText(text: string): string {
    const safe = this.#search(text);
    return safe === text || parseNestedJson(safe) === undefined ? safe : this.#ofText(safe);
  }

  /** The text without secrets, or nothing of it when too much was searched already. */
  #search(text: string, kept?: number): string {
    this.#searchesLeft -= Math.min(text.length, SCANNED_CHARACTERS);
    return this.#searchesLeft < 0 ? CUT : redactText(text, this.#pseudonymOf, kept);
  }

  #ofObject(value: object, depth: number): JsonValue {
    if (this.#ancestors.includes(value)) return this.#spend('[circular]');
    if (depth >= MAX_DEPTH) return this.#spend('[too deep]');
    this.#ancestors.push(value);
    try {
      return this.#ofShape(value, depth);
    } catch {
      return this.#spend(UNREADABLE);
    } finally {
      this.#ancestors.pop();
    }
  }

  #ofShape(value: object, depth: number): JsonValue {
    if (value instanceof PersonalData) return this.#spend(this.#personalText(value));
    const shape = shapeOf(value);
    if (shape.as === 'text') return this.#spend(shape.text);
    if (shape.as === 'value') return this.of(shape.value, depth + 1);
    this.#bytesLeft -= FRAME_BYTES;
    return shape.as === 'items'
      ? this.#ofItems(shape.items, depth)
      : this.#ofEntries(value, shape.entries, depth);
  }

  #ofItems(items: Iterable<unknown>, depth: number): JsonValue[] {
    const safe: JsonValue[] = [];
    const first = Array.from(firstOf(items, MAX_ITEMS + 1));
    for (const [index, item] of first.entries()) {
      // The mark that was set before costs nothing again.
      const isMark = item === CUT && index === first.length - 1;
      if (isMark || index === MAX_ITEMS || this.#bytesLeft <= 0) return [...safe, CUT];
      const isSecret = isToldByItem(first[index - 1]) || isToldByItem(safe[index - 1]);
      safe.push(isSecret ? this.#secret(item) : this.#withoutTelling(this.of(item, depth + 1)));
    }
    return safe;
  }

  /** A list of two in a list may be an entry: `['password', …]`. */
  #withoutTelling(item: JsonValue): JsonValue {
    if (!Array.isArray(item) || !isTellingEntry(item) || item[1] === REDACTED) return item;
    return [item[0] ?? null, this.#secret(item[1])];
  }

  #ofEntries(
    owner: object,
    entries: Iterable<readonly [unknown, unknown]>,
    depth: number,
  ): { [name: string]: JsonValue } {
    const safe: { [name: string]: JsonValue } = {};
    const first = Array.from(firstOf(entries, MAX_ITEMS + 1));
    const neighbours = Array.isArray(entries) ? owner : ownerOf(first);
    let count = 0;
    for (const [key, value] of first) {
      count += 1;
      const isMark = key === CUT && value === true;
      if (isMark || count > MAX_ITEMS || this.#bytesLeft <= 0) define(safe, CUT, true);
      else this.#addEntry(safe, neighbours, [key, value], depth);
      if (count > MAX_ITEMS || this.#bytesLeft <= 0) break;
    }
    return safe;
  }

  #addEntry(
    safe: { [name: string]: JsonValue },
    owner: object,
    [key, value]: readonly [unknown, unknown],
    depth: number,
  ): void {
    const name = this.#nameOf(key, depth);
    const safeName = this.#spend(this.#search(name, MAX_NAME));
    const isSecret =
      isSensitiveName(name) ||
      (safeName !== name && isSensitiveName(safeName)) ||
      isToldByNeighbour(owner, name);
    define(safe, safeName, isSecret ? this.#secret(value, name) : this.of(value, depth + 1));
  }

  #nameOf(key: unknown, depth: number): string {
    const nested = typeof key === 'string' ? parseNestedJson(key) : key;
    if (typeof key === 'string' && nested === undefined) return key;
    const safe = JSON.stringify(this.of(nested, depth + 1));
    return typeof key === 'string' && safe === canonical(nested) ? key : safe;
  }

  /** What is written for a secret: of a card its last digits, of a truth that it is one. */
  #secret(value: unknown, name = ''): JsonValue {
    if (value === null || value === CUT || typeof value === 'boolean') return this.#spend(value);
    return this.#spend(isCardName(name) ? cardText(value) : REDACTED);
  }

  /** Takes a value off what may be written; what is too long for the rest is cut. */
  #spend<T extends string | number | boolean | null>(value: T): T | typeof CUT {
    if (this.#bytesLeft <= 0) return CUT;
    this.#bytesLeft -= (typeof value === 'string' ? quotedBytes(value) : String(value).length) + 1;
    if (this.#bytesLeft >= 0) return value;
    this.#bytesLeft = 0;
    return CUT;
  }
}

function* firstOf<T>(items: Iterable<T>, count: number): Generator<T, void> {
  let left = count;
  for (const item of items) {
    if (left === 0) return;
    left -= 1;
    yield item;
  }
}

/** An object that has these entries, for who looks at one by the others. */
function ownerOf(entries: readonly (readonly [unknown, unknown])[]): object {
  return Object.fromEntries(entries.filter(([key]) => typeof key === 'string'));
}

/** The JSON that `JSON.stringify` gives; nothing for what is nested too deeply for it. */
function canonical(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** As an own property, so that a key "__proto__" stays a mere key. */
function define(owner: { [name: string]: JsonValue }, name: string, value: JsonValue): void {
  if (name !== '__proto__') owner[name] = value;
  else Object.defineProperty(owner, name, { value, enumerable: true });
}

function cardText(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return REDACTED;
  const text = String(value);
  if (text.length > MAX_CARD_TEXT) return REDACTED;
  const digits = text.replace(/[ .-]/g, '');
  if (/^\d+$/.test(digits) && hasCardLength(digits)) return maskedCard(digits);
  return MASKED_CARD.test(text) ? text : REDACTED;
}
