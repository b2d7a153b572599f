/** The longest life of anything signed: 3,650 days. */
export const MAX_TTL_SECONDS = 3650 * 24 * 60 * 60;

/**
 * Refuses a life that is none.
 *
 * @param max whole seconds
 * @param mend what to do about one that is too long
 * @throws TypeError for anything but a whole number of seconds from 1 to `max`
 */
export function checkTtlSeconds(
  seconds: unknown,
  max = MAX_TTL_SECONDS,
  mend = '',
): asserts seconds is number {
  const isWhole = typeof seconds === 'number' && Number.isInteger(seconds);
  if (isWhole && seconds >= 1 && seconds <= max) return;
  throw new TypeError(`ttlSeconds must be a whole number of seconds from 1 to ${max}${mend}`);
}
