import { refuseUnknown } from '../../common/refuse-unknown.js';
import { RotationSource, type RotationReading, type RotationRow } from './rotation-source.js';

const KNOWN = ['name', 'rows', 'reread', 'swap', 'count'];

/** What {@link iterableSource} needs to know. */
export interface IterableSourceOptions<Row extends RotationRow = RotationRow> {
  /** Names the source in reports and checkpoints. */
  name: string;
  /**
   * The rows: an iterable, or a function that begins behind a cursor, or at the first row without one. A
   * run that goes on from a checkpoint reads a plain iterable from its beginning, which costs time and
   * harms nothing.
   */
  rows: AsyncIterable<Row> | ((after: string | undefined) => AsyncIterable<Row>);
  /** Reads a row anew after its swap failed; `undefined` when it is gone. */
  reread: (row: Row) => Promise<Row | undefined>;
  /** Replaces a value while it still is the old one, atomically; tells whether it did. */
  swap: (row: Row, oldValue: string, newValue: string) => Promise<boolean>;
  /**
   * How many rows there are behind a cursor, about.
   *
   * @default not known: progress has no end and no time left
   */
  count?: (after: string | undefined) => Promise<number>;
}

/**
 * A source of rows that you read yourself, from whatever keeps them.
 *
 * @throws TypeError for an option that it does not know
 * @example
 * iterableSource({
 *   name: 'vouchers',
 *   rows: (after) => vouchers.find(after === undefined ? {} : { _id: { $gt: after } }).sort({ _id: 1 }),
 *   reread: ({ cursor }) => vouchers.findOne(cursor),
 *   swap: async ({ cursor }, value, newValue) => vouchers.replace({ _id: cursor, value }, newValue),
 * });
 */
export function iterableSource<Row extends RotationRow>(
  options: IterableSourceOptions<Row>,
): RotationSource {
  refuseUnknown(options, KNOWN, 'iterableSource');
  return new IterableSource(options);
}

class IterableSource<Row extends RotationRow> extends RotationSource {
  readonly name: string;
  override count?: (after: string | undefined) => Promise<number>;
  readonly #options: IterableSourceOptions<Row>;

  constructor(options: IterableSourceOptions<Row>) {
    super();
    this.name = options.name;
    this.#options = options;
    if (options.count) this.count = options.count;
  }

  override async *batches({ after, size }: RotationReading): AsyncIterable<readonly Row[]> {
    const { rows } = this.#options;
    let batch: Row[] = [];
    for await (const row of typeof rows === 'function' ? rows(after) : rows) {
      batch.push(row);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  override reread(row: Row): Promise<Row | undefined> {
    return this.#options.reread(row);
  }

  override swap(row: Row, oldValue: string, newValue: string): Promise<boolean> {
    return this.#options.swap(row, oldValue, newValue);
  }
}
