import { types } from 'node:util';
import { REDACTED, Secret } from '../../common/secret.js';
import { CUT, redactText, SCANNED_CHARACTERS, type PseudonymOfEmail } from './redact-text.js';
import { isSensitiveName } from './sensitive-names.js';

/** Plain data, as JSON holds it. */
export type JsonValue =
  string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };

const MAX_DEPTH = 8;
const MAX_ITEMS = 100;
const MAX_NAME = 128;
const MAX_BYTES = 16 * 1024;
/** Searching costs time even where little is kept: so many characters are searched at the most. */
const MAX_SEARCHED = 64 * 1024;

/**
 * Turns any value into plain data without secrets: fields with telling names are replaced, texts and
 * names are searched (see {@link redactText}), and what JSON cannot hold is described. At most 8 levels,
 * 100 items a level, 16 KiB altogether; the rest is marked as cut. Never throws, whatever getters,
 * proxies or `toJSON` methods do.
 */
export function redact(value: unknown, pseudonymOf: PseudonymOfEmail): JsonValue {
  return new Redaction(pseudonymOf).of(value, 0);
}

class Redaction {
  readonly #pseudonymOf: PseudonymOfEmail;
  readonly #ancestors = new Set<object>();
  #bytesLeft = MAX_BYTES;
  #searchesLeft = MAX_SEARCHED;

  constructor(pseudonymOf: PseudonymOfEmail) {
    this.#pseudonymOf = pseudonymOf;
  }

  of(value: unknown, depth: number): JsonValue {
    if (this.#bytesLeft <= 0) return CUT;
    if (typeof value === 'object' && value !== null) return this.#ofObject(value, depth);
    return this.#spend(this.#ofPrimitive(value));
  }

  #ofPrimitive(value: unknown): string | number | boolean | null {
    if (typeof value === 'string') return this.#ofText(value);
    if (typeof value === 'number')
      return Number.isFinite(value) ? this.#ofNumber(value) : String(value);
    if (typeof value === 'boolean') return value;
    if (typeof value === 'bigint') return this.#ofText(value.toString().slice(0, MAX_NAME));
    return value === null ? null : `[${typeof value}]`;
  }

  #ofNumber(value: number): string | number {
    const text = String(value);
    const safe = redactText(text, this.#pseudonymOf);
    return safe === text ? value : safe;
  }

  #ofText(value: string): string {
    this.#searchesLeft -= Math.min(value.length, SCANNED_CHARACTERS);
    if (this.#searchesLeft < 0) return CUT;
    const nested = parseNestedJson(value);
    const text = nested === undefined ? value : JSON.stringify(this.of(nested, 1));
    return redactText(text, this.#pseudonymOf);
  }

  #ofObject(value: object, depth: number): JsonValue {
    if (this.#ancestors.has(value)) return '[circular]';
    if (depth >= MAX_DEPTH) return '[too deep]';
    this.#ancestors.add(value);
    try {
      return this.#ofStructure(value, depth);
    } catch {
      return '[unreadable]';
    } finally {
      this.#ancestors.delete(value);
    }
  }

  #ofStructure(value: object, depth: number): JsonValue {
    if (value instanceof Secret) return REDACTED;
    if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value))
      return `[${value.byteLength} bytes]`;
    if (types.isNativeError(value)) return this.#ofEntries(errorEntries(value), depth);
    if (types.isMap(value)) return this.#ofEntries(value.entries(), depth);
    if (Array.isArray(value) || types.isSet(value)) return this.#ofItems(value, depth);
    if ('toJSON' in value && typeof value.toJSON === 'function')
      return this.of(value.toJSON(), depth + 1);
    return this.#ofEntries(ownEntries(value), depth);
  }

  #ofItems(items: Iterable<unknown>, depth: number): JsonValue[] {
    const safe: JsonValue[] = [];
    for (const item of items) {
      if (safe.length === MAX_ITEMS || this.#bytesLeft <= 0) return [...safe, CUT];
      safe.push(this.of(item, depth + 1));
    }
    return safe;
  }

  #ofEntries(
    entries: Iterable<readonly [unknown, unknown]>,
    depth: number,
  ): { [name: string]: JsonValue } {
    const safe: [string, JsonValue][] = [];
    for (const [key, value] of entries) {
      if (safe.length === MAX_ITEMS || this.#bytesLeft <= 0) {
        safe.push([CUT, true]);
        break;
      }
      const name = typeof key === 'string' ? key : JSON.stringify(this.of(key, depth + 1));
      const safeName = this.#spend(redactText(name.slice(0, MAX_NAME), this.#pseudonymOf));
      safe.push([
        safeName,
        isSensitiveName(name) ? this.#spend(REDACTED) : this.of(value, depth + 1),
      ]);
    }
    // Object.fromEntries defines own properties, so that a key "__proto__" stays a mere key.
    return Object.fromEntries(safe);
  }

  #spend<T extends JsonValue>(value: T): T {
    this.#bytesLeft -= Buffer.byteLength(JSON.stringify(value), 'utf8') + 1;
    return value;
  }
}

function parseNestedJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text) || text.length > MAX_BYTES) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function* ownEntries(value: object): Generator<[string, unknown]> {
  for (const name of Object.keys(value)) yield [name, readProperty(value, name)];
}

function* errorEntries(error: Error): Generator<[string, unknown]> {
  for (const name of ['name', 'message', 'code', 'cause']) {
    const value = readProperty(error, name);
    if (value !== undefined) yield [name, value];
  }
}

function readProperty(value: object, name: string): unknown {
  try {
    return Reflect.get(value, name);
  } catch {
    return '[unreadable]';
  }
}
