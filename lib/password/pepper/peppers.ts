import type { KeyObject } from 'node:crypto';
import { PasswordError } from '../../errors/password.error.js';
import type { Keyring } from '../../keyring/keyring.js';
import type { PurposeKey, PurposeKeys } from '../../keyring/purpose-keys.js';
import { pepperIdOf } from './pepper-id.js';

/** A key that takes part in hashing and is not stored beside the hash. */
export interface Pepper {
  /** The id of the ring key that it was derived from. */
  readonly keyId: string;
  /** How a stored hash names it, 8 bytes. */
  readonly id: Buffer;
  readonly key: KeyObject;
}

/** Which peppers are used. */
export interface PepperRules {
  /** Whether new hashes get one. */
  readonly pepper: 'off' | 'keyring';
  /** The ring key that peppers new hashes; `undefined` for the primary one. */
  readonly pepperKeyId?: string | undefined;
}

interface HeldPeppers {
  readonly from: PurposeKeys;
  readonly revoked: readonly PurposeKey[];
  readonly byId: ReadonlyMap<string, Pepper>;
}

/**
 * The peppers that the keyring gives. Those of all keys verify, those of revoked ones included: whoever has
 * the pepper still needs the hash, and refusing it would lock everybody out.
 */
export class Peppers {
  readonly #keyring: Keyring;
  readonly #rules: PepperRules;
  #held: HeldPeppers | undefined;

  constructor(keyring: Keyring, rules: PepperRules) {
    this.#keyring = keyring;
    this.#rules = rules;
    // Only who has the hashes can tell which peppers they name.
    if (rules.pepper === 'keyring') keyring.consumers.declare('password-pepper');
  }

  /**
   * What new hashes are made with; `undefined` when peppers are off.
   *
   * @throws PasswordError `PWD_PEPPER_UNKNOWN` when the ring has no key of the configured id, or only a staged
   * one, or two ids that a stored hash could not tell apart
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   */
  current(): Pepper | undefined {
    if (this.#rules.pepper === 'off') return undefined;
    const { from, revoked, byId } = this.#peppers();
    const { id } = this.#creating(from, revoked);
    const current = [...byId.values()].find(({ keyId }) => keyId === id);
    if (!current) throw new TypeError('the key that creates is one of all keys');
    return current;
  }

  /**
   * The pepper that a stored hash names; `undefined` when no key of the ring gives it.
   *
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   */
  find(id: Buffer): Pepper | undefined {
    return this.#peppers().byId.get(id.toString('hex'));
  }

  #peppers(): HeldPeppers {
    const from = this.#keyring.keysFor('password-pepper');
    if (this.#held?.from !== from) this.#held = this.#derive(from);
    return this.#held;
  }

  #derive(from: PurposeKeys): HeldPeppers {
    const revoked = this.#keyring.revokedKeysFor('password-pepper');
    const byId = new Map<string, Pepper>();
    for (const { id: keyId, key } of [...from, ...revoked]) {
      const id = pepperIdOf(keyId);
      if (byId.has(id.toString('hex'))) throw sameId(keyId);
      byId.set(id.toString('hex'), { keyId, id, key });
    }
    return { from, revoked, byId };
  }

  #creating(from: PurposeKeys, revoked: readonly PurposeKey[]): PurposeKey {
    const { pepperKeyId } = this.#rules;
    const named = from.find(({ id }) => id === pepperKeyId);
    // Revoking the named key is the command to turn to the primary one.
    if (pepperKeyId === undefined || revoked.some(({ id }) => id === pepperKeyId)) return from[0];
    if (named && named.state !== 'staged') return named;
    const problem = named
      ? 'is staged and creates nothing yet: make it accepted when every node has it'
      : `is not in the keyring: it has ${from.map(({ id }) => id).join(', ')}`;
    const message = `password.pepperKeyId names "${pepperKeyId}", which ${problem}`;
    throw new PasswordError('PWD_PEPPER_UNKNOWN', message);
  }
}

function sameId(keyId: string): PasswordError {
  const message = `the key "${keyId}" and another one would give peppers of the same id: give the newer one another id`;
  return new PasswordError('PWD_PEPPER_UNKNOWN', message);
}
