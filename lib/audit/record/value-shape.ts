import { types } from 'node:util';
import { REDACTED, Secret } from '../../common/secret.js';

/** How an object is to be written. */
export type ValueShape =
  | { readonly as: 'text'; readonly text: string }
  /** In the place of the object stands this. */
  | { readonly as: 'value'; readonly value: unknown }
  | { readonly as: 'items'; readonly items: Iterable<unknown> }
  | { readonly as: 'entries'; readonly entries: Iterable<readonly [unknown, unknown]> };

/** What is written for what cannot be read. */
export const UNREADABLE = '[unreadable]';

const MAX_NESTED = 16 * 1024;
const ERROR_FIELDS = ['name', 'message', 'code', 'cause', 'errors'];

/**
 * Finds out what an object is, by what the engine knows of it rather than by what it says. May run getters
 * and `toJSON` methods, and throw what they throw.
 */
export function shapeOf(value: object): ValueShape {
  if (Array.isArray(value)) return { as: 'items', items: value };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const shape = shapeOfKnownClass(value);
    if (shape) return shape;
  }
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return { as: 'value', value: value.toJSON() };
  return isSerializedBuffer(value)
    ? { as: 'text', text: `[${value.data.length} bytes]` }
    : { as: 'entries', entries: ownEntries(value) };
}

/** What JSON a text holds as a whole; `undefined` for one that is none. */
export function parseNestedJson(text: string): unknown {
  if (text.length > MAX_NESTED || !/^\s*[[{"]/.test(text)) return undefined;
  try {
    // JSON's white space is narrower than that of texts, which may begin with a byte order mark.
    return JSON.parse(text.trim());
  } catch {
    return undefined;
  }
}

function shapeOfKnownClass(value: object): ValueShape | undefined {
  if (value instanceof Secret || types.isKeyObject(value) || types.isCryptoKey(value))
    return { as: 'text', text: REDACTED };
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value))
    return { as: 'text', text: `[${value.byteLength} bytes]` };
  if (types.isBoxedPrimitive(value)) return { as: 'value', value: value.valueOf() };
  if (types.isRegExp(value)) return { as: 'value', value: RegExp.prototype.toString.call(value) };
  if (types.isNativeError(value) || value instanceof Error)
    return { as: 'entries', entries: errorEntries(value) };
  if (types.isMap(value)) return { as: 'entries', entries: Map.prototype.entries.call(value) };
  if (types.isSet(value)) return { as: 'items', items: Set.prototype.values.call(value) };
  if (value instanceof Headers || value instanceof URLSearchParams || value instanceof FormData)
    return { as: 'entries', entries: value.entries() };
  return undefined;
}

/** What `JSON.stringify` makes of a Buffer. */
function isSerializedBuffer(value: object): value is { data: unknown[] } {
  return 'type' in value && value.type === 'Buffer' && 'data' in value && Array.isArray(value.data);
}

/** One more than are ever kept. */
const MAX_ENTRIES = 101;

function ownEntries(value: object): [string, unknown][] {
  const names = Object.keys(value);
  if (names.length > MAX_ENTRIES) names.length = MAX_ENTRIES;
  return names.map((name) => [name, readProperty(value, name)]);
}

function errorEntries(error: object): [string, unknown][] {
  const entries = ERROR_FIELDS.map((name): [string, unknown] => [name, readProperty(error, name)]);
  return entries.filter(([, value]) => value !== undefined);
}

/** A property, or that it cannot be read. */
export function readProperty(value: object, name: string): unknown {
  try {
    return Reflect.get(value, name);
  } catch {
    return UNREADABLE;
  }
}
