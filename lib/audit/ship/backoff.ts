import { randomInt } from 'node:crypto';

/** How pauses between tries grow. */
export interface Backoff {
  /** The longest pause after the first failure, in milliseconds. */
  readonly firstMs: number;
  /** The longest pause at all, in milliseconds. */
  readonly maxMs: number;
}

/** From a fifth of a second up to half a minute. */
export const DEFAULT_BACKOFF: Backoff = Object.freeze({ firstMs: 200, maxMs: 30_000 });

/**
 * The pause before the next try, in milliseconds: doubles with every failure, and half of it is random, so
 * that many processes do not come back to a recovering server at once.
 *
 * @param failures how many tries have failed in a row, from 1
 */
export function backoffMs(failures: number, { firstMs, maxMs }: Backoff): number {
  const longest = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 32));
  return longest / 2 + randomInt(Math.ceil(longest / 2) + 1);
}
