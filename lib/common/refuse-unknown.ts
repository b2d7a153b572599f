import { unknownOption } from './nearest-name.js';

/**
 * Refuses a misspelt option of a call, which would otherwise be left out in silence.
 *
 * @param name what the options are called in the message
 * @throws TypeError naming the unknown option and the nearest known one
 */
export function refuseUnknown(options: object, known: readonly string[], name: string): void {
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new TypeError(`${name} ${unknownOption(unknown, known)}`);
}
