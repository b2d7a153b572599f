import { Keyring, type RingKey } from '../keyring/keyring.js';
import type { PurposeKey, PurposeKeys } from '../keyring/purpose-keys.js';
import { fernetKeyFromBytes, type FernetKey } from './fernet-key.js';

/** The keys of one ring for one context. */
export interface ContextKeys {
  /** Makes new tokens. */
  readonly primary: FernetKey;
  /** Open tokens, the primary among them. */
  readonly accepted: readonly FernetKey[];
  /** Open tokens only where that is asked for. */
  readonly revoked: readonly FernetKey[];
  /** The key of an id, or why there is none. */
  named(id: string, allowRevoked: boolean): FernetKey | 'unknown-key' | 'revoked-key';
}

/** Gives Fernet keys out of ring keys: those of the shared keyring, or keys of its own. */
export class FernetRing {
  readonly #keyring: Keyring;
  readonly #name: string;
  readonly #own: ReadonlyMap<string, FernetKey>;
  readonly #made = new WeakMap<PurposeKey, FernetKey>();

  /**
   * @param name '' for the ring that is used when none is named
   * @param own Fernet keys to take instead of the shared keyring's
   */
  constructor(name: string, shared: Keyring, own: readonly RingKey[] | undefined) {
    this.#name = name;
    this.#keyring = own ? new Keyring(own) : shared;
    this.#own = new Map(own?.map(({ id, key }) => [id, fernetKeyFromBytes(key.export(), id)]));
  }

  /**
   * The keys for a context. Without one, keys of its own are used as they are, so that other software reads
   * what they encrypt; everything else is derived.
   *
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   */
  keysFor(context: readonly string[] | undefined): ContextKeys {
    const parts = this.#partsOf(context);
    const usable = this.#keyring.keysFor('fernet', parts);
    const toKey =
      context || this.#own.size === 0
        ? (key: PurposeKey) => this.#derived(key)
        : (key: PurposeKey) => this.#own.get(key.id) ?? this.#derived(key);
    return new LazyContextKeys(usable, () => this.#keyring.revokedKeysFor('fernet', parts), toKey);
  }

  #partsOf(context: readonly string[] | undefined): readonly string[] {
    if (context) return [this.#name, ...context];
    return this.#name === '' ? [] : [this.#name];
  }

  #derived(key: PurposeKey): FernetKey {
    let made = this.#made.get(key);
    if (!made) {
      made = fernetKeyFromBytes(key.key.export(), key.id);
      this.#made.set(key, made);
    }
    return made;
  }
}

class LazyContextKeys implements ContextKeys {
  readonly #usable: PurposeKeys;
  readonly #revokedKeys: () => readonly PurposeKey[];
  readonly #toKey: (key: PurposeKey) => FernetKey;

  constructor(
    usable: PurposeKeys,
    revokedKeys: () => readonly PurposeKey[],
    toKey: (key: PurposeKey) => FernetKey,
  ) {
    this.#usable = usable;
    this.#revokedKeys = revokedKeys;
    this.#toKey = toKey;
  }

  get primary(): FernetKey {
    return this.#toKey(this.#usable[0]);
  }

  get accepted(): readonly FernetKey[] {
    return this.#usable.map(this.#toKey);
  }

  get revoked(): readonly FernetKey[] {
    return this.#revokedKeys().map(this.#toKey);
  }

  named(id: string, allowRevoked: boolean): FernetKey | 'unknown-key' | 'revoked-key' {
    const known = this.#usable.find((key) => key.id === id);
    if (known) return this.#toKey(known);
    const revoked = this.#revokedKeys().find((key) => key.id === id);
    if (!revoked) return 'unknown-key';
    return allowRevoked ? this.#toKey(revoked) : 'revoked-key';
  }
}
