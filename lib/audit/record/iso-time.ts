let last = { ms: Number.NaN, text: '' };

/**
 * A moment in ISO 8601, UTC, with milliseconds. A busy log asks for the same one many times in a row, so the last is
 * remembered.
 *
 * @throws RangeError for what is no time
 */
export function isoTime(ms: number): string {
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
  return last.text;
}
