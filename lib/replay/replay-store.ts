/** How {@link ReplayStore.claim} found a key. */
export type ReplayClaim = 'new' | 'in-flight' | 'done';

/** How a key is claimed. */
export interface ReplayClaimOptions {
  /**
   * For how long the key is remembered, in milliseconds from now: 1 to 3,660 days. Must not be shorter than
   * the time for which what it stands for would be accepted.
   */
  ttlMs: number;
  /** How long the holder may take, in milliseconds: 1 to `ttlMs`. After that, others may claim the key. */
  leaseMs: number;
  /** Names this very attempt: 1 to 64 visible ASCII characters, at random, such as a UUID. */
  token: string;
}

/**
 * Remembers what was used already, so that nothing is taken twice: deliveries of webhooks, one-time tokens
 * and links. A contract: give another store as `{ provide: ReplayStore, useClass: … }` among the `providers`
 * of `SecurityModule.forRoot`, and test it with `replayStoreContract` of `nestjs-security/testing`.
 *
 * A key is 1 to 256 visible ASCII characters; {@link replayKey} makes one. It is in one of three states:
 *
 * - *free*: never seen, released, or its time is over;
 * - *claimed*, by the token of its holder. When the lease is over, the first who asks may take it; until
 *   then the old holder may still complete or release it;
 * - *done*, by `complete` or `consume`. Nothing ends this before `ttlMs`, counted from the `claim` or `consume`.
 *
 * Each verb is atomic: of all processes that share a store, exactly one gets `new`. Whoever gets a rejection
 * has to refuse what came: the store may have done its work all the same.
 *
 * A verb rejects with TypeError or RangeError for a bad argument, and with {@link ReplayError} when the
 * store cannot remember (`MAC_REPLAY_STORE_FULL`) or cannot be asked (`MAC_REPLAY_STORE_FAILED`), both 503.
 */
export abstract class ReplayStore {
  /**
   * Takes a key for as long as its work needs. The holder may ask again with the same token, which begins its
   * lease and `ttlMs` anew; so may a client that sends a call twice because its answer was lost.
   *
   * @returns `new`: the key is yours, do the work, then `complete` or `release` it; `in-flight`: another holds
   * it; `done`: it was completed or consumed
   */
  abstract claim(key: string, options: ReplayClaimOptions): Promise<ReplayClaim>;

  /**
   * Says that the work is done: the key stays `done` until the `ttlMs` of its claim are over.
   *
   * @returns whether it is done by this token; `false` when the key is free, or another holds or completed it
   */
  abstract complete(key: string, token: string): Promise<boolean>;

  /**
   * Gives a key back, so that it can be claimed again: the work failed.
   *
   * @returns whether it was held by this token; `false` when the key is free, done, or another holds it
   */
  abstract release(key: string, token: string): Promise<boolean>;

  /**
   * Uses a key up, at once and for good: no lease and no way back, so that a crash brings nothing to life again.
   *
   * @param ttlMs for how long it is remembered, in milliseconds from now: 1 to 3,660 days
   * @returns `new` for the one who used it; `used` when it is done, or claimed under a lease that lasts
   */
  abstract consume(key: string, ttlMs: number): Promise<'new' | 'used'>;
}
