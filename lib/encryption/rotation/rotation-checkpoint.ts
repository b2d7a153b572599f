/** How far a run has come. Holds no secret. */
export interface RotationPosition {
  /** The name of the source. */
  readonly source: string;
  /** Every row up to this cursor is settled. */
  readonly cursor: string;
  /** The ids of the primary keys by the names of their rings, `''` for the default ring. */
  readonly keys: Readonly<Record<string, string>>;
  /**
   * How many of these rows failed, so that a run which goes on behind them does not hide that.
   *
   * @default 0
   */
  readonly failedCount?: number;
}

/**
 * Remembers how far a run has come, so that the next one goes on there. Extend it to keep that elsewhere
 * than in a file.
 *
 * @example
 * await rotation.run({ source, dryRun: false, checkpoint: new FileRotationCheckpoint('./rotation.json') });
 */
export abstract class RotationCheckpoint {
  /** What was saved last; `undefined` when nothing was, or it was cleared. */
  abstract load(): Promise<RotationPosition | undefined>;

  /** Saves a position: when the promise resolves, it survives a crash. */
  abstract save(position: RotationPosition): Promise<void>;

  /** Forgets it: the run came to its end, and the next one has to begin at the first row. */
  abstract clear(): Promise<void>;
}
