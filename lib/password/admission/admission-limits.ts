import { checkWhole } from '../../common/check-whole.js';

/** Node turns a longer time into 1 ms. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How much is hashed at a time, and how much may wait. */
export interface AdmissionLimits {
  /** So many jobs run at a time, at most; 1 or more. */
  readonly concurrency: number;
  /** The budget: so much memory the running jobs fill together, in KiB. A job that needs more runs alone. */
  readonly memoryKiB: number;
  /** So many jobs wait, at most; with 0 a job runs at once or is refused. */
  readonly maxQueued: number;
  /** After so many milliseconds a caller is refused, unless the call says otherwise. */
  readonly timeoutMs: number;
}

/** @throws TypeError or RangeError for limits that are no whole numbers or out of bounds */
export function checkLimits({ concurrency, memoryKiB, maxQueued, timeoutMs }: AdmissionLimits) {
  checkWhole(concurrency, 'concurrency', 1, Number.MAX_SAFE_INTEGER);
  checkWhole(memoryKiB, 'memoryKiB', 1, Number.MAX_SAFE_INTEGER);
  checkWhole(maxQueued, 'maxQueued', 0, Number.MAX_SAFE_INTEGER);
  checkWhole(timeoutMs, 'timeoutMs', 1, LONGEST_TIMER_MS);
}
