import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { lengthPrefixed } from '../../common/length-prefixed.js';
import type { Identifier } from '../../events/security-event.js';
import type { PurposeKey } from '../../keyring/purpose-keys.js';

const PSEUDONYM_CHARACTERS = 22;
// Normalising costs quadratic time on some texts: seconds for 100 kB of combining marks. No identifier is so long.
const MAX_NORMALISED = 1024;
const MAX_CACHED = 2000;
const MAX_CACHED_CHARACTERS = 256;

/**
 * The pseudonym of an identifier: `p1.<key id>.<22 characters>`, the first 132 bits of HMAC-SHA256 over
 * the length-prefixed type and value, the value in Unicode NFC, trimmed and lower-cased unless it is longer
 * than 1,024 characters. Equal values give equal pseudonyms, so records can be found; without the key
 * nobody can tell whose they are.
 */
export function pseudonymOf({ type, value }: Identifier, { id, key }: PurposeKey): string {
  const message = lengthPrefixed([type.toWellFormed(), normalised(value.toWellFormed())]);
  const code = createHmac('sha256', key).update(message).digest('base64url');
  return `p1.${id}.${code.slice(0, PSEUDONYM_CHARACTERS)}`;
}

/**
 * The pseudonyms of an identifier under every key that ever made some: to search records by.
 *
 * @param keys the keys of the purpose `audit-pseudonym`, revoked ones among them
 */
export function pseudonymsOf(identifier: Identifier, keys: readonly PurposeKey[]): string[] {
  return keys.map((key) => pseudonymOf(identifier, key));
}

interface KnownPseudonym {
  readonly type: string;
  readonly pseudonym: string;
}

/** Makes pseudonyms under the first of the keys, and remembers those of the last 2,000 identifiers. */
export class Pseudonyms {
  readonly #primaryKey: () => PurposeKey;
  readonly #known = new LRUCache<string, KnownPseudonym>({ max: MAX_CACHED });
  #knownUnder: PurposeKey | undefined;

  /** @param primaryKey the key of the purpose `audit-pseudonym` that creates now; asked every time */
  constructor(primaryKey: () => PurposeKey) {
    this.#primaryKey = primaryKey;
  }

  /**
   * As {@link pseudonymOf}.
   *
   * @throws whatever asking for the key throws
   */
  of(identifier: Identifier): string {
    const key = this.#primaryKey();
    if (key !== this.#knownUnder) this.#known.clear();
    this.#knownUnder = key;
    const { type, value } = identifier;
    if (value.length + type.length > MAX_CACHED_CHARACTERS) return pseudonymOf(identifier, key);
    const known = this.#known.get(value);
    if (known?.type === type) return known.pseudonym;
    const pseudonym = pseudonymOf(identifier, key);
    this.#known.set(value, { type, pseudonym });
    return pseudonym;
  }
}

function normalised(value: string): string {
  return value.length > MAX_NORMALISED ? value : value.normalize('NFC').trim().toLowerCase();
}
