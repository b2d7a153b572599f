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
