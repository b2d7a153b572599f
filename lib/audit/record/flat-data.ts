import { isHarmless } from './redact-text.js';
import { isSensitiveName } from './sensitive-names.js';
import { isToldByNeighbour } from './telling-neighbours.js';

const MAX_NAMES = 32;
const MAX_NAME = 64;
const MAX_TEXT = 256;
/** Larger numbers may be those of cards. */
const MAX_NUMBER = 1e12;

/**
 * The JSON of a small flat object in which there is nothing to take out and nothing to escape, as most details
 * of events are; `undefined` for any other, which `redact` has to look at. What it gives, `redact` would give.
 */
export function flatJson(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) return undefined;
  const names = Object.keys(value);
  if (names.length > MAX_NAMES) return undefined;
  let json = '';
  for (const name of names) {
    if (!isPlainName(name) || isToldByNeighbour(value, name)) return undefined;
    const item = primitiveJson(Reflect.get(value, name));
    if (item === undefined) return undefined;
    json += `,"${name}":${item}`;
  }
  return `{${json.slice(1)}}`;
}

function isPlainName(name: string): boolean {
  return name.length <= MAX_NAME && isHarmless(name) && !isSensitiveName(name);
}

function primitiveJson(item: unknown): string | undefined {
  if (typeof item === 'string')
    return item.length <= MAX_TEXT && isHarmless(item) ? `"${item}"` : undefined;
  if (typeof item === 'number')
    return Math.abs(item) < MAX_NUMBER ? JSON.stringify(item) : undefined;
  return typeof item === 'boolean' || item === null ? String(item) : undefined;
}
