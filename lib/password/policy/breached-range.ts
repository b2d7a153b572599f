import { BreachCheckError } from './breach-check.error.js';

/** 35 digits of a hash, and how often it was seen; 0 times for padding. */
const LINE = /^[0-9A-F]{35}:[0-9]{1,10}$/;

/**
 * Checks an answer of the range API: lines of `SUFFIX:COUNT`, ended by CR LF or LF, at least one. Linear.
 *
 * @returns the text itself, to be kept and searched
 * @throws BreachCheckError `malformed` for anything else, such as the page of a proxy
 */
export function checkRange(text: string): string {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0 || !lines.every((line) => LINE.test(line)))
    throw new BreachCheckError('malformed');
  return text;
}

/** How often the hash with this suffix was seen, by an answer that {@link checkRange} has let through. */
export function countInRange(range: string, suffix: string): number {
  const at = range.indexOf(`${suffix}:`);
  return at === -1 ? 0 : Number.parseInt(range.slice(at + suffix.length + 1), 10);
}
