/** What runs statements: a connection, a pool, or a transaction. */
export interface SqlRunner {
  /** Runs one statement with its parameters `$1`, `$2`, …. */
  query(
    text: string,
    parameters: unknown[],
  ): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
}

/** How a transaction is run. */
export interface SqlTransactionOptions {
  /**
   * When it aborts, the transaction is given up as far as the client can do that, and rejects.
   *
   * @default none
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What the adapters of this subpath need to talk to PostgreSQL: {@link sqlClientOf} makes one of a `Pool` of
 * `pg` and of a PGlite; implement it for another client. It fits `sqlSource` of `nestjs-security`, too.
 */
export interface SqlClient extends SqlRunner {
  /**
   * Begins a transaction, commits it when the function resolves and rolls it back when it rejects. Its isolation
   * is READ COMMITTED or stricter. The call rejects with what the function or the database gave.
   */
  transaction<T>(
    run: (transaction: SqlRunner) => Promise<T>,
    options?: SqlTransactionOptions,
  ): Promise<T>;
}
