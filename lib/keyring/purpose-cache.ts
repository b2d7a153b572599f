import { LRUCache } from 'lru-cache';
import type { KeysOfPurpose } from './purpose-keys.js';
import type { KeyPurpose } from './purpose.js';

/** A context may be a row of a table, of which there are any number. */
const MAX_WITH_PARTS = 1000;
const MAX_CHARACTERS = 1024 * 1024;

/**
 * Keeps derived keys. Those of a bare purpose stay, since there are few; of those with parts, the ones that
 * were used last.
 */
export class PurposeCache {
  readonly #bare = new Map<KeyPurpose, KeysOfPurpose>();
  readonly #withParts = new LRUCache<string, KeysOfPurpose>({
    max: MAX_WITH_PARTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_, name) => name.length,
  });

  /**
   * The keys that were kept, or else those that `derive` gives.
   *
   * @throws TypeError for a part that is no string
   */
  get(purpose: KeyPurpose, parts: readonly string[], derive: () => KeysOfPurpose): KeysOfPurpose {
    if (parts.length === 0) return this.#getBare(purpose, derive);
    const name = nameOf(purpose, parts);
    const known = this.#withParts.get(name);
    if (known) return known;
    const derived = derive();
    this.#withParts.set(name, derived);
    return derived;
  }

  /** Forgets all keys: the ring has changed. */
  clear(): void {
    this.#bare.clear();
    this.#withParts.clear();
  }

  #getBare(purpose: KeyPurpose, derive: () => KeysOfPurpose): KeysOfPurpose {
    const known = this.#bare.get(purpose) ?? derive();
    this.#bare.set(purpose, known);
    return known;
  }
}

/** Lengths come first, so that ('a', 'bc') and ('ab', 'c') have different names. */
function nameOf(purpose: KeyPurpose, parts: readonly string[]): string {
  let name: string = purpose;
  for (const part of parts) {
    if (typeof part !== 'string') throw new TypeError('a part must be a string');
    name += `/${part.length}:${part}`;
  }
  return name;
}
