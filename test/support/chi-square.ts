/** 6.2 standard deviations: chance alone goes beyond it once in about 3.5 billion runs. */
const DEVIATIONS = 6.2;

/**
 * Pearson's statistic of counts that should all be the same, divided by what chance alone practically never
 * exceeds (after Wilson and Hilferty): at most 1 for a fair generator.
 */
export function unevenness(counts: readonly number[]): number {
  const draws = counts.reduce((sum, count) => sum + count, 0);
  const expected = draws / counts.length;
  if (!(expected >= 5)) throw new RangeError('too few draws for a chi-square test');
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return statistic / threshold(counts.length - 1);
}

/** How often each of the cells 0 to `cells - 1` is drawn. */
export function countDraws(cells: number, draws: number, draw: () => number): number[] {
  const counts = Array.from({ length: cells }, () => 0);
  for (let left = draws; left > 0; left -= 1) {
    const cell = draw();
    if (!(cell in counts)) throw new RangeError(`${cell} is none of ${cells} cells`);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}

function threshold(degreesOfFreedom: number): number {
  const variance = 2 / (9 * degreesOfFreedom);
  return degreesOfFreedom * (1 - variance + DEVIATIONS * Math.sqrt(variance)) ** 3;
}
