import { isEqualAt } from './record-template.js';

const TO_EVENT = Buffer.from('","event":"');
const LEAST_TIME = 24;
const MOST_TIME = 27;
/** Which bytes a time may have. */
const IN_TIME = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number('0123456789TZ:.+-'.includes(String.fromCharCode(byte))),
);

/**
 * Where the name of a record's event begins.
 *
 * @param time where its time begins
 * @returns -1 when no time stands there, or no event behind it
 */
export function eventAt(bytes: Buffer, time: number): number {
  let end = time;
  while (IN_TIME[bytes[end] ?? 0] === 1) end += 1;
  const length = end - time;
  if (length < LEAST_TIME || length > MOST_TIME) return -1;
  return isEqualAt(bytes, end, TO_EVENT) ? end + TO_EVENT.length : -1;
}
