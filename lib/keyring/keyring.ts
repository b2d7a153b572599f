import type { KeyObject } from 'node:crypto';
import { KeyringError } from '../errors/keyring.error.js';
import type { SecurityEvents } from '../events/security-events.js';
import { KeyConsumers } from './key-consumers.js';
import type { KeyState } from './key-entry.js';
import { refuseUnfitState, type KeyUse } from './key-retirement.js';
import { PurposeCache } from './purpose-cache.js';
import {
  keysOfPurpose,
  type StatedInputKey,
  type KeysOfPurpose,
  type PurposeKey,
  type PurposeKeys,
} from './purpose-keys.js';
import type { KeyPurpose } from './purpose.js';

/** A key of the ring after its text was decoded and judged. */
export interface RingKey {
  /** Its public name. */
  readonly id: string;
  /** What it may be used for. */
  readonly state: KeyState;
  /** A secret key of 32 bytes or more. */
  readonly key: KeyObject;
}

/** What {@link Keyring.update} found to be new. */
export interface KeyChange {
  /** The id of the key. */
  readonly id: string;
  /** `vanished`: the provider does not list it any more; it stays accepted. */
  readonly change: 'added' | 'state' | 'vanished';
  /** The state that the key has now. */
  readonly state: KeyState;
}

interface HeldKey extends StatedInputKey {
  /** Gone from the provider: kept as accepted until the application ends. */
  readonly vanished: boolean;
}

/**
 * The keys of the application: one creates, the others are still accepted, and each feature gets a key
 * of its own by purpose. Holds `KeyObject`s only, so that printing a ring prints no key.
 *
 * @example
 * const [primary, ...others] = keyring.keysFor('hmac-sign');
 */
export class Keyring {
  /** Who needs the keys: asked before one is removed. */
  readonly consumers = new KeyConsumers();
  #keys: readonly HeldKey[];
  readonly #removed = new Set<string>();
  readonly #events: Pick<SecurityEvents, 'report'> | undefined;
  readonly #derived = new PurposeCache();
  #isStale = false;

  /**
   * @param keys exactly one of them primary, no id and no bytes twice
   * @param events hears of every key that is removed
   * @throws TypeError without a primary key
   */
  constructor(keys: readonly RingKey[], events?: Pick<SecurityEvents, 'report'>) {
    this.#events = events;
    this.#keys = primaryFirst(keys.map(toHeldKey));
  }

  /** Says in words what is active, for a line in the log: `primary 2026-11, also accepts 2026-04`. */
  describe(): string {
    const ids = (state: KeyState): string[] =>
      this.#keys.filter((key) => key.state === state).map(({ id }) => id);
    const parts = [
      ['primary', ids('primary')],
      ['also accepts', ids('accepted')],
      ['staged', ids('staged')],
      ['revoked', ids('revoked')],
    ] as const;
    return parts
      .flatMap(([word, names]) => (names.length === 0 ? [] : `${word} ${names.join(', ')}`))
      .join('; ');
  }

  /**
   * The keys of a purpose, the primary first and revoked ones left out. The same list is given again until
   * the ring changes; with parts, only for the lists that were used last (about a thousand).
   *
   * @param parts names within the purpose, such as a token's purpose or an encryption context: different
   * lists give unrelated keys
   * @throws TypeError for a part that is no well-formed string
   * @throws KeyringError `KEY_RING_STALE` when the provider has been silent for too long
   * @example
   * const [primary] = keyring.keysFor('hmac-token', ['password-reset']);
   */
  keysFor(purpose: KeyPurpose, parts: readonly string[] = []): PurposeKeys {
    return this.#keysOf(purpose, parts).usable;
  }

  /**
   * The revoked keys of a purpose, for the few verbs that may still read what they protect.
   *
   * @param parts as in {@link Keyring.keysFor}
   * @throws TypeError for a part that is no well-formed string
   * @throws KeyringError `KEY_RING_STALE` when the provider has been silent for too long
   */
  revokedKeysFor(purpose: KeyPurpose, parts: readonly string[] = []): readonly PurposeKey[] {
    return this.#keysOf(purpose, parts).revoked;
  }

  /**
   * Takes over what a provider gives now. A key that is not in it any more stays accepted: only its
   * state `revoked` ends it.
   *
   * @returns what changed
   * @throws KeyringError `KEY_ID_REUSED` when an id stands for other bytes than before; nothing is changed
   */
  update(keys: readonly RingKey[]): readonly KeyChange[] {
    const before = new Map(this.#keys.map((key) => [key.id, key]));
    const held = keys.filter((key) => !this.#isRemoved(key)).map(toHeldKey);
    for (const { id, inputKey } of held) {
      const known = before.get(id);
      if (known && !known.inputKey.equals(inputKey)) throw idReused(id);
    }
    const listed = new Set(keys.map(({ id }) => id));
    const gone = this.#keys.filter(({ id }) => !listed.has(id)).map(toVanishedKey);
    const changes = [...held, ...gone].flatMap((key) => changeOf(before.get(key.id), key));
    if (changes.length > 0) {
      this.#keys = primaryFirst([...held, ...gone]);
      this.#derived.clear();
    }
    // One that creates again may be needed again: what was answered of it holds no longer.
    for (const { id } of held) this.#removed.delete(id);
    this.#isStale = false;
    return changes;
  }

  /** The state of a key; `undefined` for an id that the ring does not hold. */
  stateOf(id: string): KeyState | undefined {
    return this.#keys.find((key) => key.id === id)?.state;
  }

  /**
   * Answers whether a key may go: resolves when it is not the primary and no consumer needs it.
   *
   * @param known answers that the caller has already, each in the place of the consumer of that name
   * @throws KeyringError `KEY_UNKNOWN`; `KEY_IN_USE` when it is the primary key or a consumer needs it;
   * `KEY_USAGE_UNKNOWN` when a consumer cannot tell. The message names who blocks
   */
  async assertRetirable(id: string, known: readonly KeyUse[] = []): Promise<void> {
    refuseUnfitState(id, this.stateOf(id));
    await this.consumers.assertUnused(id, known);
  }

  /**
   * Ends a key that nothing needs any more, in this process: what it made opens no longer. A provider that
   * lists it as accepted or revoked still does not bring it back before the next start, so take it out there
   * as well.
   *
   * @throws KeyringError as {@link Keyring.assertRetirable}; the key then stays
   * @example
   * await keyring.remove('2026-04');
   */
  async remove(id: string): Promise<void> {
    await this.assertRetirable(id);
    // It may have become the primary key while the consumers were asked.
    refuseUnfitState(id, this.stateOf(id));
    this.#removed.add(id);
    this.#keys = this.#keys.filter((key) => key.id !== id);
    this.#derived.clear();
    this.#events?.report({ event: 'key_removed', outcome: 'success', target: { type: 'key', id } });
  }

  /** Whether the provider has been silent for too long. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Stops giving keys until the next {@link Keyring.update}: the provider has been silent for too long. */
  expire(): void {
    this.#isStale = true;
  }

  /** A removed key that is to create again was not removed for good. */
  #isRemoved({ id, state }: RingKey): boolean {
    return this.#removed.has(id) && (state === 'accepted' || state === 'revoked');
  }

  #keysOf(purpose: KeyPurpose, parts: readonly string[]): KeysOfPurpose {
    if (this.#isStale) {
      const message =
        'the key provider has been silent for longer than maxStaleSeconds: mend its store, or raise maxStaleSeconds';
      throw new KeyringError('KEY_RING_STALE', message, { status: 503 });
    }
    return this.#derived.get(purpose, parts, () => keysOfPurpose(this.#keys, purpose, parts));
  }
}

function toHeldKey({ id, state, key }: RingKey): HeldKey {
  return { id, state, inputKey: key, vanished: false };
}

function toVanishedKey(key: HeldKey): HeldKey {
  return { ...key, vanished: true, state: key.state === 'revoked' ? 'revoked' : 'accepted' };
}

function primaryFirst(keys: readonly HeldKey[]): readonly HeldKey[] {
  const primary = keys.find(({ state }) => state === 'primary');
  if (!primary) throw new TypeError('a keyring needs a primary key');
  return [primary, ...keys.filter((key) => key !== primary)];
}

function changeOf(before: HeldKey | undefined, { id, state, vanished }: HeldKey): KeyChange[] {
  if (!before) return [{ id, change: 'added', state }];
  if (vanished && !before.vanished) return [{ id, change: 'vanished', state }];
  return before.state === state && before.vanished === vanished
    ? []
    : [{ id, change: 'state', state }];
}

function idReused(id: string): KeyringError {
  const message = `the key "${id}" has other bytes than before: give every new key an id of its own`;
  return new KeyringError('KEY_ID_REUSED', message);
}
