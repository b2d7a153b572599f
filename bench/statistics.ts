/** The two figures of a series that noise disturbs least. */
export interface Summary {
  readonly min: number;
  readonly median: number;
}

/** Sums a series up. An even one has its median in the middle of the two middle values. */
export function summaryOf(series: readonly number[]): Summary {
  const sorted = series.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  const [min] = sorted;
  if (min === undefined || low === undefined || high === undefined) {
    throw new RangeError('an empty series has no summary');
  }
  return { min, median: (low + high) / 2 };
}

/**
 * Welch's t: how many standard errors the means of two samples are apart. Beyond 4.5 the two were practically
 * never drawn from the same distribution.
 */
export function welchT(a: readonly number[], b: readonly number[]): number {
  const [first, second] = [momentsOf(a), momentsOf(b)];
  return (
    (first.mean - second.mean) / Math.sqrt(first.variance / a.length + second.variance / b.length)
  );
}

/** The mean of a series, and its variance about it. */
export function momentsOf(series: readonly number[]): { mean: number; variance: number } {
  if (series.length < 2) throw new RangeError('a variance needs two values');
  const mean = series.reduce((sum, value) => sum + value, 0) / series.length;
  const squares = series.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (series.length - 1) };
}
