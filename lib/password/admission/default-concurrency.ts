const DEFAULT_THREADS = 4;
const MAX_THREADS = 1024;

/** What decides how many hashes may be computed at a time. */
export interface HashingMachine {
  /** Processors that this process may use: `os.availableParallelism()`. */
  readonly cores: number;
  /** Threads of libuv's pool: {@link threadPoolSize}. */
  readonly threads: number;
  /** Threads that one hash keeps busy: the lanes of Argon2, where the library computes them in parallel. */
  readonly lanes: number;
}

/**
 * How many hashes are computed at a time unless the application says otherwise: as many as keep the
 * processors busy, and one less than libuv has threads, so that files and names never wait for a password.
 * At least one, even where that one takes the only thread.
 */
export function defaultConcurrency({ cores, threads, lanes }: HashingMachine): number {
  return Math.max(1, Math.min(threads - 1, Math.floor(cores / lanes)));
}

/**
 * How many threads libuv's pool has, read from `UV_THREADPOOL_SIZE` as libuv does: leading digits count, text
 * without any is 0, 0 means 1, and 1024 is the most, which is also what a negative number becomes.
 *
 * @default 4
 */
export function threadPoolSize(environment: Readonly<Record<string, string | undefined>>): number {
  const size = environment['UV_THREADPOOL_SIZE'];
  if (size === undefined) return DEFAULT_THREADS;
  // libuv keeps what C's atoi gives in an unsigned int.
  const threads = Number.parseInt(size, 10) >>> 0;
  return Math.min(Math.max(threads, 1), MAX_THREADS);
}
