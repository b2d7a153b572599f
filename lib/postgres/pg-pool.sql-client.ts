import type { SqlClient, SqlRunner } from './sql-client.js';

/** A connection that was taken from a pool of `pg`. */
export interface PgPoolConnection extends SqlRunner {
  /** Gives the connection back, or has it closed. */
  release(destroy?: boolean): void;
  /** Tells of a connection that broke. */
  on(event: 'error', listener: () => void): unknown;
  /** Takes a listener off. */
  off(event: 'error', listener: () => void): unknown;
}

/** What is needed of a `Pool` of `pg` (node-postgres). */
export interface PgPool extends SqlRunner {
  /** How many connections wait for work. Tells a pool from a single client. */
  readonly idleCount: number;
  /** Takes a connection from the pool. */
  connect(): Promise<PgPoolConnection>;
}

/**
 * Each transaction has a connection of its own. An abort closes that connection, since `pg` cannot take a
 * statement back: the server rolls back what was not committed.
 */
export function pgPoolClient(pool: PgPool): SqlClient {
  return {
    query: (text, parameters) => pool.query(text, parameters),
    transaction: async (run, { signal } = {}) => {
      const lent = new LentConnection(await connected(pool, signal));
      const giveUp = (): void => lent.destroy();
      signal?.addEventListener('abort', giveUp);
      try {
        signal?.throwIfAborted();
        return await lent.transact(run);
      } finally {
        signal?.removeEventListener('abort', giveUp);
        lent.giveBack();
      }
    },
  };
}

class LentConnection {
  readonly #connection: PgPoolConnection;
  // Without a listener, a connection that breaks while it is lent ends the process.
  readonly #onError = (): void => {
    this.#isUsable = false;
  };
  #isUsable = true;
  #isReleased = false;

  constructor(connection: PgPoolConnection) {
    this.#connection = connection;
    connection.on('error', this.#onError);
  }

  async transact<T>(run: (transaction: SqlRunner) => Promise<T>): Promise<T> {
    await this.#query('BEGIN');
    try {
      const result = await run({ query: (text, parameters) => this.#query(text, parameters) });
      await this.#query('COMMIT');
      return result;
    } catch (error) {
      await this.#rollBack();
      throw error;
    }
  }

  /** Closes the connection; whatever waits for an answer of it rejects. */
  destroy(): void {
    this.#isUsable = false;
    this.giveBack();
  }

  giveBack(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    if (this.#isUsable) this.#connection.off('error', this.#onError);
    this.#connection.release(!this.#isUsable);
  }

  async #query(text: string, parameters: unknown[] = []): ReturnType<SqlRunner['query']> {
    // A connection that was given back belongs to somebody else.
    if (this.#isReleased) throw new Error('the transaction was given up');
    return this.#connection.query(text, parameters);
  }

  async #rollBack(): Promise<void> {
    try {
      await this.#query('ROLLBACK');
    } catch {
      this.#isUsable = false;
    }
  }
}

/** A pool waits for a connection as long as it takes: who gives up does not, and returns it when it comes. */
async function connected(pool: PgPool, signal: AbortSignal | undefined): Promise<PgPoolConnection> {
  if (!signal) return pool.connect();
  signal.throwIfAborted();
  const connecting = pool.connect().then((connection) => {
    if (signal.aborted) connection.release();
    signal.throwIfAborted();
    return connection;
  });
  const waiting = new AbortController();
  try {
    return await Promise.race([connecting, aborted(signal, waiting.signal)]);
  } finally {
    waiting.abort();
  }
}

/** Rejects when a signal aborts; listens to it until another one does. */
function aborted(signal: AbortSignal, until: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = (): void => reject(new Error('the transaction was given up'));
    signal.addEventListener('abort', giveUp, { signal: until });
  });
}
