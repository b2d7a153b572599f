import type { Keyring } from '../keyring/keyring.js';
import type { PurposeKey } from '../keyring/purpose-keys.js';
import type { KeyPurpose } from '../keyring/purpose.js';

/**
 * The key that something signed names, when it is accepted; else why not. No other key is tried.
 *
 * @param keyId of any spelling
 * @throws TypeError for a part that is no well-formed string
 * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
 */
export function namedKey(
  keyring: Keyring,
  purpose: KeyPurpose,
  parts: readonly string[],
  keyId: string,
): PurposeKey | 'unknown-key' | 'revoked-key' {
  const key = keyring.keysFor(purpose, parts).find(({ id }) => id === keyId);
  if (key) return key;
  const isRevoked = keyring.revokedKeysFor(purpose, parts).some(({ id }) => id === keyId);
  return isRevoked ? 'revoked-key' : 'unknown-key';
}
