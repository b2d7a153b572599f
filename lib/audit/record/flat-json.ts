import type { HarmlessTexts } from './harmless-texts.js';
import { isToldByNeighbour } from './telling-neighbours.js';

const MAX_NAMES = 32;
/** Larger numbers may be those of cards. */
const MAX_NUMBER = 1e12;

/**
 * The JSON of a small flat object in which there is nothing to take out and nothing to escape, as most details
 * of events are; `undefined` for any other, which `redact` has to look at. What it gives, `redact` would give.
 */
export function flatJson(value: object, harmless: HarmlessTexts): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) return undefined;
  const names = Object.keys(value);
  if (names.length > MAX_NAMES) return undefined;
  let json = '';
  for (const name of names) {
    const named = harmless.named(name);
    if (named === undefined || isToldByNeighbour(value, name)) return undefined;
    const item = primitiveJson((value as Readonly<Record<string, unknown>>)[name], harmless);
    if (item === undefined) return undefined;
    json += (json === '' ? '{' : ',') + named + item;
  }
  return json === '' ? '{}' : `${json}}`;
}

function primitiveJson(item: unknown, harmless: HarmlessTexts): string | undefined {
  if (typeof item === 'string') return harmless.has(item) ? `"${item}"` : undefined;
  if (typeof item === 'number')
    return Math.abs(item) < MAX_NUMBER ? JSON.stringify(item) : undefined;
  return typeof item === 'boolean' || item === null ? String(item) : undefined;
}
