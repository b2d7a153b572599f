import { Logger } from '@nestjs/common';
import { z } from 'zod';
import type { Clock } from '../common/clock.js';
import { systemErrorCode } from '../common/system-error-code.js';
import { KeyringError } from '../errors/keyring.error.js';
import type { KeyDocument } from '../keyring/key-document.js';
import { KeyProvider, type KeyRefreshOptions } from '../keyring/key-provider.js';
import { documentAt, dueKey, type KeyCalendar, type ManagedKey } from './key-calendar.js';
import { answerOf } from './load-keys.js';
import type { KeyRingStore, StoredKeyRing } from './key-ring-store.js';
import type { LocalCopy } from './local-copy.js';
import { providerFailed } from './provider-failed.js';
import { openRing, sealRing } from './ring-seal.js';
import type { RootKey } from './root-key.js';

const ATTEMPTS = 10;
const LATEST_TIME = Date.UTC(9000, 0);

/** What a managed ring consists of, after checking. */
export interface ManagedKeyProviderSettings extends KeyRefreshOptions {
  readonly store: KeyRingStore;
  /** Newest first: the first seals, all open. */
  readonly rootKeys: readonly [RootKey, ...RootKey[]];
  readonly calendar: KeyCalendar;
  /** Whether an empty store gets a first ring. */
  readonly create: boolean;
  readonly localCopy: LocalCopy | undefined;
  readonly clock: Clock;
}

interface OpenRing {
  readonly generation: number;
  readonly keys: readonly ManagedKey[];
  /** Whether it came from this machine's copy, because the store could not be asked. */
  readonly isCopy: boolean;
  /** The keys that were put into it just now, by this node. */
  readonly made: readonly string[];
}

/**
 * A ring that looks after itself: adds keys by the calendar, in agreement with all other nodes, and never
 * removes one. What it knows was authenticated under the root key; an older ring than one that was seen
 * is refused.
 */
export class ManagedKeyProvider extends KeyProvider {
  override readonly name = 'the managed key ring';
  readonly #logger = new Logger('Keyring');
  readonly #settings: ManagedKeyProviderSettings;
  #seen = 0;
  #isLoaded = false;
  #madeAtStart: readonly string[] = [];

  constructor(settings: ManagedKeyProviderSettings) {
    super(settings);
    this.#settings = settings;
  }

  /** Reads the ring, adds the key that is due, and gives the keys with their states of this moment. */
  override async load(signal: AbortSignal): Promise<KeyDocument> {
    const isStart = !this.#isLoaded;
    const ring = await this.#withDueKey(signal);
    if (isStart) this.#madeAtStart = ring.made;
    return documentAt(ring.keys, this.#now());
  }

  async #withDueKey(signal: AbortSignal): Promise<OpenRing> {
    try {
      return await this.#change(signal, ({ keys, isCopy }) =>
        isCopy ? [] : (dueKey(keys, this.#now(), this.#settings.calendar) ?? []),
      );
    } catch (error) {
      // Keys that can be read must not go stale because the next one cannot be stored.
      const ring = await this.#read(signal);
      if (ring.keys.length === 0) throw error;
      this.#logger.warn(
        `the key that is due could not be added (${systemErrorCode(error)}): the ring serves as it is`,
      );
      return ring;
    }
  }

  /** Whole milliseconds within years of four digits, which stand in ids: all else could not be read again. */
  #now(): number {
    const now = Math.floor(this.#settings.clock());
    if (now >= 0 && now < LATEST_TIME) return now;
    throw providerFailed(this.name, 'wrong time', 'the clock must give milliseconds since 1970');
  }

  /** The ids of keys that this node added when it started: before anybody could be told of it. */
  get madeAtStart(): readonly string[] {
    return this.#madeAtStart;
  }

  /**
   * Marks a key as leaked, in the store, and adds another one when none is left that may create.
   *
   * @throws KeyringError `KEY_UNKNOWN` when the ring has no such key
   */
  async revoke(id: string, signal: AbortSignal): Promise<void> {
    const { calendar } = this.#settings;
    const now = this.#now();
    await this.#change(signal, ({ keys }) => {
      const leaked = keys.find((key) => key.id === id);
      if (!leaked)
        throw new KeyringError(
          'KEY_UNKNOWN',
          `the managed ring has no key "${id.slice(0, 32)}": the boot log lists the ids`,
          {
            status: 404,
          },
        );
      if (leaked.revoked !== undefined) return [];
      const revoked = { ...leaked, revoked: now };
      return [
        revoked,
        dueKey([...keys.filter((key) => key !== leaked), revoked], now, calendar) ?? [],
      ].flat();
    });
  }

  /** Puts keys into the ring, or in the place of those with the same id, until no other node was faster. */
  async #change(
    signal: AbortSignal,
    changesOf: (ring: OpenRing) => ManagedKey | readonly ManagedKey[],
  ): Promise<OpenRing> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const ring = await this.#read(signal);
      const changes = [changesOf(ring)].flat();
      if (changes.length === 0) return ring;
      const changed = new Set(changes.map(({ id }) => id));
      const next = {
        isCopy: false,
        made: changes.map(({ id }) => id),
        generation: ring.generation + 1,
        keys: [...ring.keys.filter(({ id }) => !changed.has(id)), ...changes],
      };
      if (await this.#write(next, signal)) return next;
    }
    throw new KeyringError(
      'KEY_PROVIDER_FAILED',
      'the managed ring is changed by too many nodes at once: try again',
      { status: 503 },
    );
  }

  async #read(signal: AbortSignal): Promise<OpenRing> {
    const { stored, isCopy } = await this.#stored(signal);
    if (!stored) {
      if (this.#settings.create && this.#seen === 0)
        return { generation: 0, keys: [], isCopy: false, made: [] };
      throw this.#seen === 0 ? missing() : rolledBack(0, this.#seen);
    }
    // A column that arrives as text would be counted up as text.
    if (!Number.isSafeInteger(stored.generation) || stored.generation < 1)
      throw providerFailed(this.name, 'wrong answer', 'the generation must be a whole number');
    if (stored.generation < this.#seen) throw rolledBack(stored.generation, this.#seen);
    const keys = parseRing(
      await openRing(stored.sealed, stored.generation, this.#settings.rootKeys),
    );
    await this.#remember(stored);
    return { generation: stored.generation, keys, isCopy, made: [] };
  }

  /** What the store holds; at the start, when it cannot be asked, what this machine last saw of it. */
  async #stored(
    signal: AbortSignal,
  ): Promise<{ stored: StoredKeyRing | undefined; isCopy: boolean }> {
    const { store } = this.#settings;
    const copy = this.#isLoaded ? undefined : await this.#authenticCopy();
    this.#seen = Math.max(this.#seen, copy?.generation ?? 0);
    try {
      if (!copy) return { stored: await store.read(signal), isCopy: false };
      // A store that hangs has to leave time for the copy.
      const refresh = { ...this.refresh, timeoutMs: this.refresh.timeoutMs / 2 };
      const ask = (half: AbortSignal): Promise<StoredKeyRing | undefined> => store.read(half);
      return { stored: await answerOf({ name: this.name, refresh }, ask), isCopy: false };
    } catch (error) {
      if (!copy) throw error;
      this.#logger.warn(
        `the store of the managed ring cannot be asked (${systemErrorCode(error)}): its local copy of generation ${copy.generation} serves`,
      );
      return { stored: copy, isCopy: true };
    }
  }

  /** A copy that no root key opens says nothing about the ring, least of all which generation was seen. */
  async #authenticCopy(): Promise<StoredKeyRing | undefined> {
    const copy = await this.#settings.localCopy?.read();
    if (!copy) return undefined;
    try {
      await openRing(copy.sealed, copy.generation, this.#settings.rootKeys);
      return copy;
    } catch {
      this.#logger.warn(
        'keys.managed.localCopy was changed, or is of another ring: it is not used',
      );
      return undefined;
    }
  }

  async #write(ring: OpenRing, signal: AbortSignal): Promise<boolean> {
    const sealed = await sealRing(
      JSON.stringify({ v: 1, keys: ring.keys }),
      ring.generation,
      this.#settings.rootKeys,
    );
    const stored = { generation: ring.generation, sealed };
    const isStored = await this.#settings.store.write(stored, signal);
    if (isStored) await this.#remember(stored);
    return isStored;
  }

  async #remember(stored: StoredKeyRing): Promise<void> {
    if (this.#isLoaded && stored.generation === this.#seen) return;
    this.#seen = stored.generation;
    this.#isLoaded = true;
    await this.#settings.localCopy?.write(stored);
  }
}

const date = z.int().nonnegative();
const ringSchema = z.strictObject({
  v: z.literal(1),
  keys: z.array(
    z.strictObject({
      id: z.string(),
      key: z.string(),
      created: date,
      activates: date,
      revoked: z.optional(date),
    }),
  ),
});

function parseRing(text: string): readonly ManagedKey[] {
  return ringSchema.parse(JSON.parse(text)).keys as readonly ManagedKey[];
}

function missing(): KeyringError {
  const message =
    'the store of the managed ring is empty: for a new application, set keys.managed.create to true once; otherwise restore the store from a backup';
  return new KeyringError('KEY_RING_MISSING', message);
}

function rolledBack(found: number, seen: number): KeyringError {
  const message = `the store of the managed ring holds generation ${found}, but generation ${seen} was seen: somebody put an older ring back. Restore the newest one.`;
  return new KeyringError('KEY_RING_ROLLED_BACK', message);
}
