import { createSecretKey, type KeyObject } from 'node:crypto';
import { deriveKey } from './derive-key.js';
import type { KeyState } from './key-entry.js';
import type { KeyPurpose } from './purpose.js';

/** A key of the ring after its text was decoded and judged. */
export interface RingKey {
  readonly id: string;
  readonly state: KeyState;
  readonly bytes: Uint8Array;
}

/** The key that a ring key gives for one purpose. */
export interface PurposeKey {
  /** The id of the ring key. */
  readonly id: string;
  readonly key: KeyObject;
}

/** The keys of one purpose: the primary creates, all of them are accepted. Never empty. */
export type PurposeKeys = readonly [primary: PurposeKey, ...others: PurposeKey[]];

interface HeldKey {
  readonly id: string;
  readonly state: KeyState;
  readonly inputKey: KeyObject;
}

/**
 * The keys of the application: one creates, the others are still accepted, and each feature gets a key
 * of its own by purpose. Holds `KeyObject`s only, so that printing a ring prints no key.
 *
 * @example
 * const [primary, ...others] = keyring.keysFor('hmac-sign');
 */
export class Keyring {
  readonly #primary: HeldKey;
  readonly #others: readonly HeldKey[];
  readonly #byPurpose = new Map<KeyPurpose, PurposeKeys>();

  /**
   * @param keys exactly one of them primary, no id and no bytes twice
   * @throws TypeError without a primary key
   */
  constructor(keys: readonly RingKey[]) {
    const held = keys.map(({ id, state, bytes }) => ({
      id,
      state,
      inputKey: createSecretKey(bytes),
    }));
    const primary = held.find(({ state }) => state === 'primary');
    if (!primary) throw new TypeError('a keyring needs a primary key');
    this.#primary = primary;
    this.#others = held.filter((key) => key !== primary);
  }

  /** The ids with their states, for a line in the boot log. */
  describe(): string {
    return [this.#primary, ...this.#others].map(({ id, state }) => `${id} (${state})`).join(', ');
  }

  /** The keys of a purpose, the primary first and revoked ones left out. Derived once and kept. */
  keysFor(purpose: KeyPurpose): PurposeKeys {
    const known = this.#byPurpose.get(purpose);
    if (known) return known;
    const derive = ({ id, inputKey }: HeldKey): PurposeKey => ({
      id,
      key: createSecretKey(deriveKey(inputKey, purpose)),
    });
    const others = this.#others.filter(({ state }) => state !== 'revoked');
    const keys: PurposeKeys = [derive(this.#primary), ...others.map(derive)];
    this.#byPurpose.set(purpose, keys);
    return keys;
  }
}
