import { momentsOf, summaryOf, trimmedMoments, trimmedT, welchT } from '../../bench/statistics.js';

describe('The statistics of the benchmarks', () => {
  it('find the least and the middle', () => {
    expect(summaryOf([3, 1, 2])).toEqual({ min: 1, median: 2 });
    expect(summaryOf([4, 1, 2, 3])).toEqual({ min: 1, median: 2.5 });
  });

  it('find the mean and the variance about it', () => {
    expect(momentsOf([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, variance: 32 / 7 });
  });

  it("find Welch's t", () => {
    // Means 3 and 6, variances 2.5 and 10, five values each: -3 / sqrt(0.5 + 2).
    expect(welchT([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])).toBeCloseTo(-3 / Math.sqrt(2.5), 12);
    expect(welchT([1, 2, 3], [3, 2, 1])).toBe(0);
  });

  it('find the mean of the lowest values, and how sure it is', () => {
    // 1, 2, 3 and 3, 3 in the place of what is left out: mean 2.4, squares 3.2.
    const { mean, squaredError } = trimmedMoments([100, 2, 1, 3, 50], 0.6);
    expect(mean).toBe(2);
    expect(squaredError).toBeCloseTo(3.2 / 6, 12);
  });

  it("find Welch's t of the lowest values, or of all", () => {
    const [a, b] = [[1, 2, 3, 4, 5] as const, [2, 4, 6, 8, 10] as const];
    expect(trimmedT(a, b, 1)).toBeCloseTo(welchT(a, b), 12);
    expect(trimmedT([1, 2, 3, 50, 100], [2, 3, 4, 9, 900], 0.6)).toBeCloseTo(
      -1 / Math.sqrt(6.4 / 6),
      12,
    );
  });
});
