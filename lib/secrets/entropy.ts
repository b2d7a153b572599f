/** The bits of a JavaScript number's fraction. */
const FRACTION_BITS = 53;

/**
 * The entropy of a value that was drawn from so many equally probable ones: the logarithm of the count to
 * base 2, to the precision of a number whatever the size of the count.
 */
export function entropyBitsOf(count: bigint): number {
  const shift = Math.max(0, count.toString(2).length - FRACTION_BITS);
  return Math.log2(Number(count >> BigInt(shift))) + shift;
}
