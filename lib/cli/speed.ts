import type { ProgressState } from './progress-view.js';

/** How fast a run is, and how long it takes still at this speed. */
export interface Speed {
  /** Units a second. */
  readonly perSecond: number;
  /** `1 h 5 min`; `?` where the end is not known. */
  readonly left: string;
}

/** The speed of a run since its beginning. */
export function speedOf(
  { value, total }: Pick<ProgressState, 'value' | 'total'>,
  elapsedMs: number,
): Speed {
  const perSecond = Math.round(value / Math.max(elapsedMs / 1000, 0.001));
  if (total === undefined || value === 0) return { perSecond, left: '?' };
  const leftMs = (Math.max(total - value, 0) / value) * elapsedMs;
  return { perSecond, left: durationText(leftMs) };
}

/** A duration in its two largest units. */
export function durationText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
