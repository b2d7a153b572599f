/** A row that holds an encrypted value. */
export interface RotationRow {
  /**
   * Where the row stands in the order of the source: unlike that of every other row, and enough to begin
   * again behind it. Shown in reports, so never a secret.
   */
  readonly cursor: string;
  /**
   * A token, bare or in the stored form `f1.<key id>.<token>`. A row with `null` is passed over; anything
   * else is reported as a value that does not open.
   */
  readonly value: unknown;
  /**
   * The context under which the value was encrypted.
   *
   * @default none
   */
  readonly context?: string | readonly string[];
  /**
   * The ring under which it was encrypted.
   *
   * @default the default ring
   */
  readonly ring?: string;
}

/** Which rows a {@link RotationSource} is asked for. */
export interface RotationReading {
  /**
   * The cursor behind which to begin.
   *
   * @default at the first row
   */
  readonly after?: string;
  /** How many rows a batch may have at the most. */
  readonly size: number;
  /**
   * Leaves out values in the stored form `f1.<key id>.<token>`. A source that has no `countSealed` is never
   * asked for that.
   *
   * @default false
   */
  readonly bareOnly?: boolean;
}

/** A value that is to take the place of another. */
export interface RotationChange {
  /** The row, as the source gave it. */
  readonly row: RotationRow;
  /** The value that the row has to hold still. */
  readonly oldValue: string;
  /** The value that takes its place. */
  readonly newValue: string;
}

/** How many rows are encrypted under a key. */
export interface KeyCount {
  /** The id of the key. */
  readonly keyId: string;
  /** How many rows. */
  readonly rows: number;
}

/**
 * Where encrypted values are kept. Extend it, or use {@link sqlSource} or {@link iterableSource}; test an
 * own one with `rotationSourceContract` of `nestjs-security/testing`. Whatever a source throws ends the run.
 *
 * @example
 * class Vouchers extends RotationSource { readonly name = 'vouchers'; … }
 */
export abstract class RotationSource {
  /** Names the source in reports, messages and checkpoints; the same at every start, and no other's. */
  abstract readonly name: string;

  /**
   * Gives the rows, in an order that stays the same, each once. A row that is added or changed meanwhile
   * may be given as it was, as it is, or not at all. One with a `null` value may be left out.
   *
   * @example
   * // SELECT id, value FROM vouchers WHERE id > $after ORDER BY id LIMIT $size, again and again
   */
  abstract batches(reading: RotationReading): AsyncIterable<readonly RotationRow[]>;

  /** Reads a row anew; `undefined` when it is gone. */
  abstract reread(row: RotationRow): Promise<RotationRow | undefined>;

  /**
   * Replaces the value of a row, in one atomic step and only while it still is the old one.
   *
   * @returns whether it was replaced; `false` is a race that was lost, not an error
   * @example
   * // UPDATE vouchers SET value = $newValue WHERE id = $row.cursor AND value = $oldValue
   */
  abstract swap(row: RotationRow, oldValue: string, newValue: string): Promise<boolean>;

  /**
   * Does as `swap` with several rows at once, where that is cheaper; with 25 rows and a mebibyte of text at
   * the most. Each row is judged by itself.
   *
   * @returns for each change, in their order, whether the value was replaced
   */
  swapMany?(changes: readonly RotationChange[]): Promise<readonly boolean[]>;

  /** How many rows there are behind a cursor, about: for progress only. Leave it out where that is dear. */
  count?(after: string | undefined): Promise<number>;

  /**
   * Counts the values in the stored form by the key id in front of them, without opening any. Leave it out
   * where every row has to be read anyway.
   */
  countSealed?(): Promise<readonly KeyCount[]>;
}
