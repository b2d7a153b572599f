import { refuseUnknown } from '../../common/refuse-unknown.js';
import { systemErrorCode } from '../../common/system-error-code.js';
import { EncryptionError } from '../../errors/encryption.error.js';
import {
  RotationSource,
  type KeyCount,
  type RotationChange,
  type RotationReading,
  type RotationRow,
} from './rotation-source.js';
import type { SqlRow, SqlSourceOptions } from './sql-source.options.js';
import { columnAlias, sqlStatements, type SqlStatements } from './sql-statements.js';

const KNOWN = ['client', 'table', 'key', 'column', 'columns', 'context', 'ring', 'name'];
/** What PostgreSQL answers when another transaction was faster: serialization_failure, deadlock_detected. */
const LOST_RACE = ['40001', '40P01'];

type ResultRow = Readonly<Record<string, unknown>>;

/**
 * A column of a PostgreSQL table. Rows are read in the order of the key, one statement a batch. Values are
 * replaced by statements over 25 rows that name every old value; no transaction is open and no lock held
 * while something is computed.
 *
 * @throws TypeError for an option that it does not know, or a name that cannot be quoted
 * @example
 * sqlSource({
 *   client: new Pool(),
 *   table: 'public.users',
 *   key: 'id',
 *   column: 'iban',
 *   context: ({ id }) => ['users.iban', id ?? ''],
 * });
 */
export function sqlSource(options: SqlSourceOptions): RotationSource {
  refuseUnknown(options, KNOWN, 'sqlSource');
  return new SqlSource(options);
}

class SqlSource extends RotationSource {
  readonly name: string;
  readonly #options: SqlSourceOptions;
  readonly #columns: readonly string[];
  readonly #statements: SqlStatements;

  constructor(options: SqlSourceOptions) {
    super();
    const { table, key, column, columns = [], name = `${table}.${column}` } = options;
    this.name = name;
    this.#options = options;
    this.#columns = columns;
    this.#statements = sqlStatements({ table, key, column, columns });
  }

  override async *batches({
    after,
    size,
    bareOnly = false,
  }: RotationReading): AsyncIterable<readonly RotationRow[]> {
    if ((await this.#query(this.#statements.nullKey)).length > 0) throw this.#unfitKey('is null');
    let last = after;
    for (;;) {
      // One more than is given, so that a key that stands on both sides of a cut is seen.
      const rows = (await this.#readBatch(last, size + 1, bareOnly)).map((row) => this.#toRow(row));
      if (rows.some(({ cursor }, index) => cursor === rows[index + 1]?.cursor)) {
        throw this.#unfitKey('stands for several rows');
      }
      const batch = rows.slice(0, size);
      if (batch.length > 0) yield batch;
      if (rows.length <= size) return;
      last = batch.at(-1)?.cursor;
    }
  }

  override async reread({ cursor }: RotationRow): Promise<RotationRow | undefined> {
    const [row] = await this.#query(this.#statements.row, cursor);
    return row && this.#toRow(row);
  }

  override async swap(row: RotationRow, oldValue: string, newValue: string): Promise<boolean> {
    const [isSwapped = false] = await this.swapMany([{ row, oldValue, newValue }]);
    return isSwapped;
  }

  override async swapMany(changes: readonly RotationChange[]): Promise<readonly boolean[]> {
    const cursors = changes.map(({ row }) => row.cursor);
    const swapped = new Set(await this.#swap(cursors, changes));
    return cursors.map((cursor) => swapped.has(cursor));
  }

  async #swap(
    cursors: readonly string[],
    changes: readonly RotationChange[],
  ): Promise<readonly unknown[]> {
    const oldValues = changes.map(({ oldValue }) => oldValue);
    const newValues = changes.map(({ newValue }) => newValue);
    try {
      const rows = await this.#query(this.#statements.swap, cursors, cursors, oldValues, newValues);
      return rows.map(({ cursor }) => cursor);
    } catch (error) {
      if (LOST_RACE.includes(systemErrorCode(error))) return [];
      throw error;
    }
  }

  override async count(after: string | undefined): Promise<number> {
    const [row] =
      after === undefined
        ? await this.#query(this.#statements.count('start'))
        : await this.#query(this.#statements.count('key'), after);
    return Number(row?.['count']);
  }

  override async countSealed(): Promise<readonly KeyCount[]> {
    const rows = await this.#query(this.#statements.sealed);
    return rows.map(({ id, count }) => ({ keyId: String(id), rows: Number(count) }));
  }

  #readBatch(
    after: string | undefined,
    limit: number,
    bareOnly: boolean,
  ): Promise<readonly ResultRow[]> {
    return after === undefined
      ? this.#query(this.#statements.batch('start', bareOnly), limit)
      : this.#query(this.#statements.batch('key', bareOnly), limit, after);
  }

  async #query(text: string, ...parameters: unknown[]): Promise<readonly ResultRow[]> {
    return (await this.#options.client.query(text, parameters)).rows;
  }

  #toRow(result: ResultRow): RotationRow {
    const { cursor, value } = result;
    if (typeof cursor !== 'string') throw this.#unfitKey('is not text, or null');
    const { context, ring } = this.#options;
    const row = this.#sqlRow(cursor, result);
    return {
      cursor,
      value,
      ...(context !== undefined && {
        context: typeof context === 'function' ? context(row) : context,
      }),
      ...(ring !== undefined && { ring: typeof ring === 'function' ? ring(row) : ring }),
    };
  }

  #sqlRow(cursor: string, result: ResultRow): SqlRow {
    const others = this.#columns.map((name, index): [string, string | null] => {
      const value = result[columnAlias(index)];
      return [name, typeof value === 'string' ? value : null];
    });
    return Object.fromEntries([...others, [this.#options.key, cursor]]);
  }

  #unfitKey(problem: string): EncryptionError {
    const { table, key } = this.#options;
    return new EncryptionError(
      'ENC_SOURCE_UNFIT',
      `the key "${key}" of ${table} ${problem}: give a column that is unique and never null, best the primary key`,
    );
  }
}
