/**
 * Tells the time in milliseconds since the Unix epoch. Accepted as `clock` wherever time matters,
 * so that tests and published vectors can fix it.
 *
 * @default Date.now
 * @example
 * const clock: Clock = () => 1_700_000_000_000;
 */
export type Clock = () => number;
