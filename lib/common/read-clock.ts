import type { Clock } from './clock.js';

/**
 * The time that a clock tells, in milliseconds since the Unix epoch. Nothing is later than NaN, so what had to be
 * over would be accepted by a clock that tells no time.
 *
 * @throws TypeError when it gives anything but a finite number
 */
export function readClock(clock: Clock): number {
  const now: unknown = clock();
  if (typeof now === 'number' && Number.isFinite(now)) return now;
  throw new TypeError('clock must give the milliseconds since the Unix epoch as a number');
}
