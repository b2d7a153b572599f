import { createSecretKey, type KeyObject } from 'node:crypto';
import { derivationInfo, deriveWithInfo } from './derive-key.js';
import type { KeyState } from './key-entry.js';
import type { KeyPurpose } from './purpose.js';

/** The key that a ring key gives for one purpose. */
export interface PurposeKey {
  /** The id of the ring key. */
  readonly id: string;
  /** The state of the ring key. */
  readonly state: KeyState;
  /** A secret key of 32 bytes, derived with HKDF-SHA256 (RFC 5869) when it is first asked for. */
  readonly key: KeyObject;
}

/** The keys of one purpose: the primary creates, all of them are accepted. Never empty. */
export type PurposeKeys = readonly [primary: PurposeKey, ...others: PurposeKey[]];

/** All keys of one purpose, by whether they are still accepted. */
export interface KeysOfPurpose {
  readonly usable: PurposeKeys;
  readonly revoked: readonly PurposeKey[];
}

/** What a purpose's key is derived from. */
export interface StatedInputKey {
  readonly id: string;
  readonly state: KeyState;
  readonly inputKey: KeyObject;
}

/**
 * The keys of a purpose and its parts, the primary first.
 *
 * @throws TypeError without a primary key, and for a part that is no well-formed string
 */
export function keysOfPurpose(
  keys: readonly StatedInputKey[],
  purpose: KeyPurpose,
  parts: readonly string[],
): KeysOfPurpose {
  const info = derivationInfo(purpose, parts);
  const all = keys.map((key) => new DerivedKey(key, info));
  const [primary, ...others] = all.filter(({ state }) => state !== 'revoked');
  if (!primary) throw new TypeError('a keyring needs a primary key');
  return {
    usable: [primary, ...others],
    revoked: all.filter(({ state }) => state === 'revoked'),
  };
}

/** Derives late: of a long ring, one call seldom needs more than one key. */
class DerivedKey implements PurposeKey {
  readonly id: string;
  readonly state: KeyState;
  readonly #inputKey: KeyObject;
  readonly #info: Buffer;
  #key: KeyObject | undefined;

  constructor({ id, state, inputKey }: StatedInputKey, info: Buffer) {
    this.id = id;
    this.state = state;
    this.#inputKey = inputKey;
    this.#info = info;
  }

  get key(): KeyObject {
    this.#key ??= createSecretKey(deriveWithInfo(this.#inputKey, this.#info));
    return this.#key;
  }
}
