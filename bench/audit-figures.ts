import { quantile, type Window } from './audit-window.js';
import { summaryOf } from './statistics.js';

/** What a part of the benchmark has to say. */
export interface Part {
  /** Its table, and what is to be said of it. */
  readonly text: string;
  /** What it says of the targets: rows of their table. */
  readonly targets: readonly Target[];
}

/** A target, what it asks for, what was seen: the median, and the best and the worst of the rounds. */
export type Target = readonly [what: string, asked: string, seen: string, extremes: string];

/** Median and best of rates, for a table. */
export function rates(series: readonly number[]): string {
  const [median, best] = [summaryOf(series).median, Math.max(...series)];
  return [median, best].map((rate) => Math.round(rate).toLocaleString('en')).join(' / ');
}

/** Median and best, over the rounds, of a quantile of the latencies. */
export function latency(windows: readonly Window[], share: number): string {
  const { min, median } = summaryOf(windows.map((each) => quantile(each.latencies, share)));
  return `${milliseconds(median)} / ${milliseconds(min)}`;
}

export function milliseconds(ms: number): string {
  return ms < 0.1 ? `${(ms * 1000).toFixed(1)} µs` : `${ms.toFixed(2)} ms`;
}

/** A target that is a ratio, taken round by round: what disturbs the machine for longer disturbs both sides. */
export function ratioTarget(what: string, asked: string, ratios: readonly number[]): Target {
  const { min, median } = summaryOf(ratios);
  return [what, asked, median.toFixed(2), `${min.toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`];
}
