import { momentsOf, summaryOf, welchT } from '../../bench/statistics.js';

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
});
