/**
 * Refuses an argument that is not a whole number within bounds.
 *
 * @param name what the argument is called in the message
 * @throws TypeError when it is no number, RangeError when it is out of bounds or no integer
 */
export function checkWhole(value: unknown, name: string, min: number, max: number): void {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number`);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}`);
  }
}
