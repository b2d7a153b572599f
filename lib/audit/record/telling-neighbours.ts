import { isSensitiveName } from './sensitive-names.js';
import { readProperty, shapeOf } from './value-shape.js';

/** What names the value of a pair that is written as an object: `{ name: 'password', value: … }`. */
const LABELS = inBothCases('name', 'key', 'field', 'header', 'param', 'label', 'id', 'property');
/** How validators name a field. One that begins with a slash is of a URL, and tells nothing of what stands beside it. */
const PATHS = inBothCases('path');
const VALUES = new Set(inBothCases('value', 'values', 'val', 'content', 'data', 'text', 'default'));
/** The private members of a JSON Web Key (RFC 7518 §6). */
export const PRIVATE_MEMBERS = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']);
const LABEL = /^[\p{L}\p{N}_.$:[\]/#"'* -]{2,64}$/u;
const HEADER = /^(?:proxy-)?authorization$|^(?:set-)?cookie2?$|^[a-z\d]+(?:-[a-z\d]+)+$/i;
const ARGUMENT = /^--?[a-z]/i;
const MAX_WRAPPINGS = 3;

/** Whether a property is secret by what stands beside it. */
export function isToldByNeighbour(owner: object, name: string): boolean {
  if (PRIVATE_MEMBERS.has(name)) return typeof unwrapped(readProperty(owner, 'kty')) === 'string';
  if (!VALUES.has(name)) return false;
  const said = (label: string): unknown => unwrapped(readProperty(owner, label));
  return LABELS.some((label) => isLabel(said(label))) || PATHS.some((path) => isField(said(path)));
}

/** Whether an item is secret by the one before: `--password …`, and headers as Node gives them raw. */
export function isToldByItem(before: unknown): boolean {
  const text = unwrapped(before);
  return isLabel(text) && (ARGUMENT.test(text) || HEADER.test(text));
}

/** Whether a list of two is an entry whose name is telling: `['password', …]`. */
export function isTellingEntry(list: readonly unknown[]): boolean {
  return list.length === 2 && isLabel(list[0]);
}

function isLabel(value: unknown): value is string {
  return typeof value === 'string' && LABEL.test(value) && isSensitiveName(value);
}

function isField(path: unknown): boolean {
  return isLabel(path) && !path.startsWith('/');
}

/** `Key` and `Value` are how AWS and .NET write such pairs. */
function inBothCases(...names: readonly string[]): string[] {
  return names.flatMap((name) => [name, name.charAt(0).toUpperCase() + name.slice(1)]);
}

/** The text that an object is written as. */
function unwrapped(value: unknown, left = MAX_WRAPPINGS): unknown {
  if (typeof value !== 'object' || value === null || left === 0) return value;
  try {
    const shape = shapeOf(value);
    return shape.as === 'value' ? unwrapped(shape.value, left - 1) : undefined;
  } catch {
    return undefined;
  }
}
