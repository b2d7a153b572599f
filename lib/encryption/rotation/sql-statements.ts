import { quotedIdentifier, quotedTable } from './sql-identifier.js';

/** What the stored form begins with, as a regular expression of PostgreSQL. */
const SEALED = "'^f1[.]([A-Za-z0-9_-]{1,32})[.]'";
/** The longest such beginning, so that long values are not read whole. */
const SEALED_CHARACTERS = 36;

/** The statements over one column of one table. */
export interface SqlStatements {
  /** Finds a row without a key. */
  readonly nullKey: string;
  /** The next rows: `$1` is how many, `$2` the key behind which to begin, where there is one. */
  batch(from: 'start' | 'key', bareOnly: boolean): string;
  /** One row: `$1` is its key. */
  readonly row: string;
  /**
   * Replaces values: `$1` and `$2` are the keys, `$3` the old and `$4` the new values, all lists. The keys
   * come twice because the first list takes the type of the column, so that its index is used, and the second
   * is text, which is what tells the values of a row.
   */
  readonly swap: string;
  /** How many values there are, behind the key `$1` where there is one. */
  count(from: 'start' | 'key'): string;
  /** How many values in the stored form there are of each key id. */
  readonly sealed: string;
}

/** The name under which the value of a further column comes. */
export function columnAlias(index: number): string {
  return `c${index}`;
}

/**
 * Writes the statements. Every name is quoted and every column is named with its table, since PostgreSQL
 * would take a bare name in ORDER BY for that of a result.
 */
export function sqlStatements(options: {
  readonly table: string;
  readonly key: string;
  readonly column: string;
  readonly columns: readonly string[];
}): SqlStatements {
  const table = `${quotedTable(options.table)} AS t`;
  const key = `t.${quotedIdentifier(options.key)}`;
  const column = quotedIdentifier(options.column);
  const value = `t.${column}`;
  const others = options.columns.map(
    (name, index) => `, t.${quotedIdentifier(name)}::text AS ${columnAlias(index)}`,
  );
  const select = `SELECT ${key}::text AS cursor, ${value} AS value${others.join('')} FROM ${table}`;
  const start = `left(${value}, ${SEALED_CHARACTERS})`;
  const where = (...conditions: (string | false)[]): string =>
    `WHERE ${[`${value} IS NOT NULL`, ...conditions.filter(Boolean)].join(' AND ')}`;
  return {
    nullKey: `SELECT 1 AS found FROM ${table} WHERE ${key} IS NULL LIMIT 1`,
    batch: (from, bareOnly) =>
      `${select} ${where(from === 'key' && `${key} > $2`, bareOnly && `${start} !~ ${SEALED}`)} ORDER BY ${key} LIMIT $1`,
    row: `${select} WHERE ${key} = $1`,
    swap: `UPDATE ${table} SET ${column} = v.new FROM unnest($2::text[], $3::text[], $4::text[]) AS v(cursor, old, new) WHERE ${key} = ANY($1) AND ${key}::text = v.cursor AND ${value} = v.old RETURNING v.cursor AS cursor`,
    count: (from) =>
      `SELECT count(*)::text AS count FROM ${table} ${where(from === 'key' && `${key} > $1`)}`,
    sealed: `SELECT substring(${start} from ${SEALED}) AS id, count(*)::text AS count FROM ${table} ${where(`${start} ~ ${SEALED}`)} GROUP BY 1`,
  };
}
