import type { RotationCounts, RotationFailure } from './rotation-report.js';

const MAX_LISTED = 100;

/** How a row ended. */
export type RowOutcome =
  | { readonly end: 'rotated' | 'alreadyCurrent' | 'empty' }
  | { readonly end: 'failed'; readonly reason: RotationFailure['reason'] };

/** Counts the rows of a run. */
export class RotationTally {
  readonly #ends = { rotated: 0, alreadyCurrent: 0, empty: 0, failed: 0 };
  readonly #failures: RotationFailure[] = [];
  #failedBefore = 0;
  #lostRaces = 0;

  /** Counts rows that failed in the run before, which this one passes over. */
  passOver(failedCount: number): void {
    this.#failedBefore = failedCount;
  }

  /** Counts a row that came to its end. */
  settle(cursor: string, outcome: RowOutcome): void {
    this.#ends[outcome.end] += 1;
    if (outcome.end === 'failed' && this.#failures.length < MAX_LISTED) {
      this.#failures.push({ cursor, reason: outcome.reason });
    }
  }

  /** Counts a swap that came too late. */
  loseRace(): void {
    this.#lostRaces += 1;
  }

  /** Whether any row failed that this run met. */
  get hasFailed(): boolean {
    return this.#ends.failed > 0;
  }

  /** The counts now. */
  counts(): RotationCounts {
    const { failed, ...others } = this.#ends;
    const failedCount = failed + this.#failedBefore;
    const scanned = others.rotated + others.alreadyCurrent + others.empty + failedCount;
    return { scanned, ...others, failedCount, lostRaces: this.#lostRaces };
  }

  /** The first failures. */
  failures(): readonly RotationFailure[] {
    return [...this.#failures];
  }
}
