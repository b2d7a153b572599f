import type { JsonValue } from './check-json.js';

/** Below this, Python spells a number with an exponent and JavaScript may not. */
const MIN_FRACTION = 1e-4;

/**
 * What Python's `json.dumps(value, sort_keys=True)` gives, byte for byte: a space behind `:` and `,`, names
 * sorted by code point, and all but printable ASCII as `\uXXXX`.
 *
 * @param value checked, with {@link problemOfPythonNumber}
 */
export function pythonJson(value: JsonValue): string {
  if (typeof value === 'string') return pythonText(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  const members = Object.entries(value)
    .toSorted(([a], [b]) => compareCodePoints(a, b))
    .map(([name, member]) => `${pythonText(name)}: ${pythonJson(member)}`);
  return `{${members.join(', ')}}`;
}

/**
 * Why Python may spell a number otherwise: JavaScript cannot tell 1.0 from 1 nor hold an integer beyond 2^53,
 * and the two begin to use exponents at different sizes.
 */
export function problemOfPythonNumber(value: number): string | undefined {
  if (Object.is(value, -0)) return 'has the number -0, which Python spells -0.0 or 0';
  if (Number.isInteger(value)) {
    return Number.isSafeInteger(value) ? undefined : 'has an integer beyond 2^53 - 1';
  }
  return Math.abs(value) >= MIN_FRACTION
    ? undefined
    : 'has a fraction below 0.0001, which Python spells with an exponent';
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function pythonText(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Surrogates stand before U+E000 in UTF-16, and for what comes after U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return rankOf(left) - rankOf(right);
  }
  return a.length - b.length;
}

function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
