import type { SecurityErrorCode } from '../../errors/error-codes.js';

/**
 * Why a row was not rotated: the code with which its value was refused, or
 * - `not-text`: the value is neither text nor null;
 * - `changed-too-often`: whenever the value was to be replaced, another one stood there;
 * - `not-verified`: the new value did not open to the same plaintext. It was not stored.
 */
export type RotationFailureReason =
  SecurityErrorCode | 'not-text' | 'changed-too-often' | 'not-verified';

/** A row that was not rotated. It was left as it is. */
export interface RotationFailure {
  /** The cursor of the row. */
  readonly cursor: string;
  /** Why it was not rotated. */
  readonly reason: RotationFailureReason;
}

/** How many rows came to which end. `scanned` is the sum of the others, `lostRaces` aside. */
export interface RotationCounts {
  /** Rows that were settled, one way or another. */
  readonly scanned: number;
  /** Rows with a new value; in a dry run, rows that would get one. */
  readonly rotated: number;
  /** Rows whose value opens under the primary key already. */
  readonly alreadyCurrent: number;
  /** Rows without a value, or that were deleted meanwhile. */
  readonly empty: number;
  /** Rows that were not rotated and should have been. Those before a checkpoint count, too. */
  readonly failedCount: number;
  /** Swaps that found another value than the one read. The row was read anew and judged again. */
  readonly lostRaces: number;
}

/** How far a run is. */
export interface RotationProgress extends RotationCounts {
  /** The cursor of the last row that is settled. */
  readonly lastCursor: string;
  /** How many rows the run goes through, as counted at its start; `undefined` where the source cannot tell. */
  readonly total: number | undefined;
}

/** What a run did. Holds no value of any row. */
export interface RotationReport extends RotationCounts {
  /** The name of the source. */
  readonly source: string;
  /** Whether nothing was written. */
  readonly dryRun: boolean;
  /** The first rows that failed, 100 at the most. `failedCount` counts all of them. */
  readonly failed: readonly RotationFailure[];
  /** The cursor of a checkpoint behind which the run began; `undefined` when it began at the first row. */
  readonly resumedAfter: string | undefined;
  /** The cursor of the last row that is settled; `undefined` when there was none. */
  readonly lastCursor: string | undefined;
  /** Whether the run came to the last row. */
  readonly done: boolean;
}
