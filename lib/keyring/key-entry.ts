import type { Secret } from '../common/secret.js';

/**
 * What a key may be used for.
 * - `primary`: creates and is accepted; exactly one key is primary.
 * - `accepted`: no longer creates, still accepted, for as long as it is listed.
 * - `staged`: not yet creating, already accepted, so that it can be rolled out before its turn.
 * - `revoked`: leaked; refused.
 */
export type KeyState = 'primary' | 'accepted' | 'staged' | 'revoked';

/**
 * One key of the keyring, from which every feature derives a key of its own.
 *
 * @example
 * const key: KeyEntry = { id: '2026-11', secret: process.env.APP_KEY! };
 */
export interface KeyEntry {
  /**
   * A public name of the key, stored beside what it protects: 1 to 32 of `A-Z a-z 0-9 _ -`. Never give
   * the same id to another key.
   */
  id: string;
  /**
   * At least 32 random bytes, as `hex:`, `base64:` or `base64url:` text. Without a prefix, an even
   * number (>= 64) of hex digits is hex, anything else strict base64url or base64. Or `file:` and the path
   * of a private file (`chmod 600`) that holds such a text; key documents cannot have that.
   */
  secret: string | Secret;
  /**
   * Give a state to every key or to none.
   *
   * @default the first key is `primary`, the others are `accepted`
   */
  state?: KeyState;
}
