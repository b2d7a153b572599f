import type { KeyObject } from 'node:crypto';
import { KeyringError } from '../errors/keyring.error.js';
import type { KeyState } from './key-entry.js';
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
  #keys: readonly HeldKey[];
  readonly #derived = new PurposeCache();
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
      this.#derived.clear();
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
