import { createSecretKey, type KeyObject } from 'node:crypto';
import { KeyringError } from '../errors/keyring.error.js';
import { deriveKey } from './derive-key.js';
import type { KeyState } from './key-entry.js';
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

/** The key that a ring key gives for one purpose. */
export interface PurposeKey {
  /** The id of the ring key. */
  readonly id: string;
  /** The state of the ring key. */
  readonly state: KeyState;
  /** A secret key of 32 bytes, derived with HKDF-SHA256 (RFC 5869). */
  readonly key: KeyObject;
}

/** The keys of one purpose: the primary creates, all of them are accepted. Never empty. */
export type PurposeKeys = readonly [primary: PurposeKey, ...others: PurposeKey[]];

/** What {@link Keyring.update} found to be new. */
export interface KeyChange {
  /** The id of the key. */
  readonly id: string;
  /** `vanished`: the provider does not list it any more; it stays accepted. */
  readonly change: 'added' | 'state' | 'vanished';
  /** The state that the key has now. */
  readonly state: KeyState;
}

interface HeldKey {
  readonly id: string;
  readonly state: KeyState;
  readonly inputKey: KeyObject;
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
  #keys: readonly HeldKey[];
  #byPurpose = new Map<
    KeyPurpose,
    { readonly usable: PurposeKeys; readonly revoked: readonly PurposeKey[] }
  >();
  #isStale = false;

  /**
   * @param keys exactly one of them primary, no id and no bytes twice
   * @throws TypeError without a primary key
   */
  constructor(keys: readonly RingKey[]) {
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
   * The keys of a purpose, the primary first and revoked ones left out. Derived once and kept: the same
   * list is given until the ring changes.
   *
   * @throws KeyringError `KEY_RING_STALE` when the provider has been silent for too long
   */
  keysFor(purpose: KeyPurpose): PurposeKeys {
    return this.#derived(purpose).usable;
  }

  /**
   * The revoked keys of a purpose, for the few verbs that may still read what they protect.
   *
   * @throws KeyringError `KEY_RING_STALE` when the provider has been silent for too long
   */
  revokedKeysFor(purpose: KeyPurpose): readonly PurposeKey[] {
    return this.#derived(purpose).revoked;
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
    const held = keys.map(toHeldKey);
    for (const { id, inputKey } of held) {
      const known = before.get(id);
      if (known && !known.inputKey.equals(inputKey)) throw idReused(id);
    }
    const listed = new Set(keys.map(({ id }) => id));
    const gone = this.#keys.filter(({ id }) => !listed.has(id)).map(toVanishedKey);
    const changes = [...held, ...gone].flatMap((key) => changeOf(before.get(key.id), key));
    if (changes.length > 0) {
      this.#keys = primaryFirst([...held, ...gone]);
      this.#byPurpose = new Map();
    }
    this.#isStale = false;
    return changes;
  }

  /** Whether the provider has been silent for too long. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Stops giving keys until the next {@link Keyring.update}: the provider has been silent for too long. */
  expire(): void {
    this.#isStale = true;
  }

  #derived(purpose: KeyPurpose) {
    if (this.#isStale) {
      const message =
        'the key provider has been silent for longer than maxStaleSeconds: mend its store, or raise maxStaleSeconds';
      throw new KeyringError('KEY_RING_STALE', message, { status: 503 });
    }
    let derived = this.#byPurpose.get(purpose);
    if (!derived) {
      derived = deriveAll(this.#keys, purpose);
      this.#byPurpose.set(purpose, derived);
    }
    return derived;
  }
}

function deriveAll(keys: readonly HeldKey[], purpose: KeyPurpose) {
  const all = keys.map(({ id, state, inputKey }): PurposeKey => ({
    id,
    state,
    key: createSecretKey(deriveKey(inputKey, purpose)),
  }));
  const [primary, ...others] = all.filter(({ state }) => state !== 'revoked');
  if (!primary) throw new TypeError('a keyring needs a primary key');
  const usable: PurposeKeys = [primary, ...others];
  return { usable, revoked: all.filter(({ state }) => state === 'revoked') };
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
