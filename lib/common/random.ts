import { randomBytes, randomInt } from 'node:crypto';
import { checkWhole } from './check-whole.js';

/** `crypto.randomInt` takes ranges below this one only. */
const RANDOM_INT_RANGE = 2 ** 48 - 1;
const MAX_BITS = 8 * 1024 * 1024;

/**
 * A random whole number from 0 to `limit - 1`, each with the same probability. Numbers that would favour
 * some values are drawn again, never reduced modulo the limit.
 *
 * @param limit how many values there are: 1 to 2^53 - 1, or a bigint from 1 to any size
 * @returns a number for a number, a bigint for a bigint
 * @throws TypeError when the limit is neither, RangeError when it is below 1, no integer or too large for
 * a number
 * @example
 * randBelow(6) + 1; // a die
 * randBelow(10n ** 30n); // 30 digits
 */
export function randBelow(limit: number): number;
export function randBelow(limit: bigint): bigint;
export function randBelow(limit: number | bigint): number | bigint {
  if (typeof limit === 'bigint') return bigintBelow(limit);
  if (typeof limit !== 'number') throw new TypeError('the limit must be a number or a bigint');
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new RangeError('the limit must be a whole number from 1 to 2^53 - 1, or a bigint');
  }
  // Node's own generator rejects, too, and draws from the operating system in larger pieces.
  return limit <= RANDOM_INT_RANGE ? randomInt(limit) : Number(bigintBelow(BigInt(limit)));
}

/**
 * A random whole number of so many bits, from 0 to 2^bits - 1, each with the same probability.
 *
 * @param bits how many, 0 to 8388608 (1 MiB)
 * @throws TypeError when `bits` is no number, RangeError when it is out of bounds or no integer
 * @example
 * randBits(128); // 271830472398741093847120938471209384n
 */
export function randBits(bits: number): bigint {
  checkWhole(bits, 'the number of bits', 0, MAX_BITS);
  return drawBits(bits);
}

function bigintBelow(limit: bigint): bigint {
  if (limit < 1n) throw new RangeError('the limit must be at least 1');
  const bits = bitLength(limit - 1n);
  for (;;) {
    // Fewer than 2^bits values are refused, at most half, so this ends soon.
    const value = drawBits(bits);
    if (value < limit) return value;
  }
}

function drawBits(bits: number): bigint {
  const bytes = randomBytes(Math.ceil(bits / 8));
  return bits === 0 ? 0n : BigInt(`0x${bytes.toString('hex')}`) >> BigInt(-bits & 7);
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
