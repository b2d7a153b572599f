/** A managed ring as a {@link KeyRingStore} keeps it: sealed, so that the store learns no key. */
export interface StoredKeyRing {
  /** Counted up by one with every change. */
  readonly generation: number;
  /** The sealed ring, ASCII text of at most 1 MiB. */
  readonly sealed: string;
}

/**
 * Where a managed ring is kept for all nodes of an application. `keyRingStoreContract` of
 * `nestjs-security/testing` tests an implementation.
 *
 * @example
 * class MyStore extends KeyRingStore {
 *   read() { … }
 *   write(ring) { … } // INSERT … ON CONFLICT (generation) DO NOTHING
 * }
 */
export abstract class KeyRingStore {
  /**
   * Gives the ring of the highest generation; `undefined` when there has never been one.
   *
   * @param signal aborts when the answer is no longer waited for
   * @throws anything at all when the store cannot be asked
   */
  abstract read(signal: AbortSignal): Promise<StoredKeyRing | undefined>;

  /**
   * Stores a ring that follows the one that is stored: its generation must be one above (1 in an empty
   * store). When several nodes try at the same time, exactly one succeeds.
   *
   * @param signal aborts when the answer is no longer waited for
   * @throws anything at all when the store cannot be asked
   * @returns whether it was stored; `false` when the store holds another generation than the one before
   */
  abstract write(ring: StoredKeyRing, signal: AbortSignal): Promise<boolean>;
}
