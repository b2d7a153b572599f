/**
 * What talks to PostgreSQL: a `Pool` or `Client` of `pg` (node-postgres), a PGlite, or anything else that
 * has this method. A pool lets as many swaps run at once as it has connections.
 */
export interface SqlClient {
  /** Runs one statement with its parameters `$1`, `$2`, …, and commits it. */
  query(
    text: string,
    parameters: unknown[],
  ): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
}

/** The key and the further columns of a row by their names, as PostgreSQL writes them as text. */
export type SqlRow = Readonly<Record<string, string | null>>;

/** What {@link sqlSource} needs to know. */
export interface SqlSourceOptions {
  /** The connection. Its role must see every row and may select and update. */
  client: SqlClient;
  /** `table` or `schema.table`, in the case in which the database knows it. */
  table: string;
  /** The column that tells rows apart: unique and never null, best the primary key. */
  key: string;
  /** The column that holds the tokens, of type `text` or `varchar`. */
  column: string;
  /**
   * Further columns, for `context` and `ring`.
   *
   * @default none
   */
  columns?: readonly string[];
  /**
   * The context of the values, or what gives that of a row.
   *
   * @default none
   * @example
   * context: (row) => ['users.email', row['id'] ?? '']
   */
  context?: string | readonly string[] | ((row: SqlRow) => string | readonly string[]);
  /**
   * The ring of the values, or what gives that of a row.
   *
   * @default the default ring
   */
  ring?: string | ((row: SqlRow) => string);
  /**
   * Names the source in reports and checkpoints.
   *
   * @default `<table>.<column>`
   */
  name?: string;
}
