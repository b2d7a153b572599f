import type { SqlClient, SqlRunner } from './sql-client.js';

/** What is needed of a PGlite. */
export interface PgliteDatabase extends SqlRunner {
  /** Runs a function in a transaction. */
  transaction<T>(run: (transaction: SqlRunner) => Promise<T>): Promise<T>;
}

/** A PGlite cannot be interrupted: the signal is looked at between statements. */
export function pgliteClient(database: PgliteDatabase): SqlClient {
  return {
    query: (text, parameters) => database.query(text, parameters),
    transaction: (run, { signal } = {}) =>
      database.transaction((transaction) =>
        run({
          query: async (text, parameters) => {
            signal?.throwIfAborted();
            return transaction.query(text, parameters);
          },
        }),
      ),
  };
}
