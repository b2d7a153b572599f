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

/**
 * Welch's t for the means of the lowest values of two samples, as Yuen (1974) has it for trimmed means: what is
 * left out still counts as the largest that is kept, so that the test does not believe itself too sure.
 *
 * @param kept the share of each that is kept, above 0, at most 1
 */
export function trimmedT(a: readonly number[], b: readonly number[], kept: number): number {
  const [first, second] = [trimmedMoments(a, kept), trimmedMoments(b, kept)];
  return (first.mean - second.mean) / Math.sqrt(first.squaredError + second.squaredError);
}

/** The mean of the lowest values of a series, and the square of its standard error. */
export function trimmedMoments(series: readonly number[], kept: number) {
  const sorted = series.toSorted((a, b) => a - b);
  const count = Math.ceil(sorted.length * kept);
  const lowest = sorted.slice(0, count);
  const [largest = Number.NaN] = lowest.slice(-1);
  const { variance } = momentsOf(sorted.map((value) => Math.min(value, largest)));
  const squaredError = ((sorted.length - 1) * variance) / (count * (count - 1));
  return { mean: momentsOf(lowest).mean, squaredError };
}

/** The mean of a series, and its variance about it. */
export function momentsOf(series: readonly number[]): { mean: number; variance: number } {
  if (series.length < 2) throw new RangeError('a variance needs two values');
  const mean = series.reduce((sum, value) => sum + value, 0) / series.length;
  const squares = series.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (series.length - 1) };
}
