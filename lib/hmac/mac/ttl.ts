/** The longest life of anything signed: 3,650 days. */
export const MAX_TTL_SECONDS = 3650 * 24 * 60 * 60;

/** How {@link checkTtlSeconds} judges and speaks. */
export interface TtlRule {
  /** What the number is called. */
  readonly name?: string;
  /** The most, in seconds. */
  readonly max?: number;
  /** What to do about more, to follow the most. */
  readonly mend?: string;
}

/**
 * Refuses a life that is none.
 *
 * @throws TypeError for anything but a whole number of seconds from 1 to the most
 */
export function checkTtlSeconds(
  seconds: unknown,
  { name = 'ttlSeconds', max = MAX_TTL_SECONDS, mend = '' }: TtlRule = {},
): asserts seconds is number {
  const isWhole = typeof seconds === 'number' && Number.isInteger(seconds);
  if (isWhole && seconds >= 1 && seconds <= max) return;
  throw new TypeError(`${name} must be a whole number of seconds from 1 to ${max}${mend}`);
}
