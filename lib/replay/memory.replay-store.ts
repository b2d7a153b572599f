import type { Clock } from '../common/clock.js';
import { checkWhole } from '../common/check-whole.js';
import { readClock } from '../common/read-clock.js';
import { refuseUnknown } from '../common/refuse-unknown.js';
import { ReplayError } from '../errors/replay.error.js';
import { MemoryShelves, type ReplayEntry } from './memory-shelves.js';
import {
  checkClaimOptions,
  checkReplayKey,
  checkReplayToken,
  checkTtl,
} from './replay-arguments.js';
import { ReplayStore, type ReplayClaim, type ReplayClaimOptions } from './replay-store.js';

const MAX_ENTRIES = 10_000_000;
const DEFAULT_ENTRIES = 100_000;

/** Settings of {@link MemoryReplayStore}. */
export interface MemoryReplayStoreOptions {
  /**
   * How many keys are held at most, 1 to 10,000,000; each costs about 300 bytes.
   *
   * @default 100000
   */
  maxEntries?: number;
  /**
   * How many of them may be of one namespace, which is what stands before the first `:` of a key.
   *
   * @default half of `maxEntries`
   */
  maxEntriesPerNamespace?: number;
  /**
   * Tells the time in milliseconds.
   *
   * @default Date.now
   */
  clock?: Clock;
}

/**
 * Remembers in the memory of this process: for one process, and until it ends. What was used before a restart
 * can be used again after it, and once in each process; take `RedisReplayStore` of `nestjs-security/redis`
 * where that matters.
 *
 * Nothing is forgotten before its time, not for want of room either: a full store, or a namespace that has
 * used its share up, refuses new keys with ReplayError `MAC_REPLAY_STORE_FULL` (503). Memory is freed in
 * whole generations, so a key takes room for up to four times its `ttlMs`, and for half an hour at least.
 * All verbs cost O(1).
 *
 * @example
 * providers: [{ provide: ReplayStore, useValue: new MemoryReplayStore({ maxEntries: 1_000_000 }) }]
 */
export class MemoryReplayStore extends ReplayStore {
  readonly #maxEntries: number;
  readonly #maxEntriesPerNamespace: number;
  readonly #clock: Clock;
  readonly #shelves = new MemoryShelves();

  /** @throws TypeError or RangeError for an option that is unknown or out of bounds */
  constructor(options: MemoryReplayStoreOptions = {}) {
    super();
    refuseUnknown(options, ['maxEntries', 'maxEntriesPerNamespace', 'clock'], 'MemoryReplayStore');
    const { maxEntries = DEFAULT_ENTRIES, clock = Date.now } = options;
    checkWhole(maxEntries, 'maxEntries', 1, MAX_ENTRIES);
    const { maxEntriesPerNamespace = Math.ceil(maxEntries / 2) } = options;
    checkWhole(maxEntriesPerNamespace, 'maxEntriesPerNamespace', 1, maxEntries);
    this.#maxEntries = maxEntries;
    this.#maxEntriesPerNamespace = maxEntriesPerNamespace;
    this.#clock = clock;
  }

  /** As {@link ReplayStore.claim}. */
  override async claim(key: string, options: ReplayClaimOptions): Promise<ReplayClaim> {
    checkReplayKey(key);
    checkClaimOptions(options);
    const { ttlMs, leaseMs, token } = options;
    const now = readClock(this.#clock);
    const entry = this.#entryOf(key, now);
    if (entry?.isDone) return 'done';
    if (isHeld(entry, now) && entry.token !== token) return 'in-flight';
    const claimed = { token, isDone: false, leaseEndsAt: now + leaseMs, endsAt: now + ttlMs };
    this.#put(key, entry, claimed, now);
    return 'new';
  }

  /** As {@link ReplayStore.complete}. */
  override async complete(key: string, token: string): Promise<boolean> {
    checkReplayKey(key);
    checkReplayToken(token);
    const now = readClock(this.#clock);
    const entry = this.#entryOf(key, now);
    if (entry?.token !== token) return false;
    this.#put(key, entry, { ...entry, isDone: true }, now);
    return true;
  }

  /** As {@link ReplayStore.release}. */
  override async release(key: string, token: string): Promise<boolean> {
    checkReplayKey(key);
    checkReplayToken(token);
    const entry = this.#entryOf(key, readClock(this.#clock));
    if (entry?.token !== token || entry.isDone) return false;
    this.#shelves.delete(namespaceOf(key), key);
    return true;
  }

  /** As {@link ReplayStore.consume}. */
  override async consume(key: string, ttlMs: number): Promise<'new' | 'used'> {
    checkReplayKey(key);
    checkTtl(ttlMs);
    const now = readClock(this.#clock);
    const entry = this.#entryOf(key, now);
    if (entry?.isDone || isHeld(entry, now)) return 'used';
    this.#put(key, entry, { token: '', isDone: true, leaseEndsAt: 0, endsAt: now + ttlMs }, now);
    return 'new';
  }

  #entryOf(key: string, now: number): ReplayEntry | undefined {
    return this.#shelves.get(namespaceOf(key), key, now);
  }

  #put(key: string, before: ReplayEntry | undefined, entry: ReplayEntry, now: number): void {
    const namespace = namespaceOf(key);
    if (!before) this.#demandRoom(namespace);
    this.#shelves.set(namespace, key, entry, now);
  }

  #demandRoom(namespace: string): void {
    const isFull = this.#shelves.size >= this.#maxEntries;
    if (!isFull && this.#shelves.sizeOf(namespace) < this.#maxEntriesPerNamespace) return;
    const what = isFull
      ? `MemoryReplayStore holds ${this.#maxEntries} keys: raise maxEntries`
      : `MemoryReplayStore holds ${this.#maxEntriesPerNamespace} keys of one namespace: raise maxEntriesPerNamespace`;
    const message = `${what}, or take RedisReplayStore of nestjs-security/redis`;
    throw new ReplayError('MAC_REPLAY_STORE_FULL', message, { status: 503 });
  }
}

function isHeld(entry: ReplayEntry | undefined, now: number): entry is ReplayEntry {
  return entry !== undefined && entry.leaseEndsAt > now;
}

function namespaceOf(key: string): string {
  const colon = key.indexOf(':');
  return colon === -1 ? '' : key.slice(0, colon);
}
