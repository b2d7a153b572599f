/** @throws RangeError for anything but a whole number of seconds, 0 to 2^53 - 1 */
export function checkSeconds(seconds: unknown, name: string): asserts seconds is number {
  if (!Number.isSafeInteger(seconds) || Number(seconds) < 0) {
    throw new RangeError(`${name} must be a whole number of seconds, 0 or more`);
  }
}
