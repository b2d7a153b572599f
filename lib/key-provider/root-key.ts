import type { KeyObject } from 'node:crypto';
import type { Secret } from '../common/secret.js';

/**
 * A root key that never leaves a key management service: AWS KMS, Vault transit, an HSM. It wraps the
 * random key under which a ring is sealed.
 *
 * @example
 * const kms: RootKeyWrapper = {
 *   wrap: async (key) => (await client.encrypt({ KeyId, Plaintext: key })).CiphertextBlob!,
 *   unwrap: async (wrapped) => (await client.decrypt({ CiphertextBlob: wrapped })).Plaintext!,
 * };
 */
export interface RootKeyWrapper {
  /** Encrypts a key of 32 bytes. */
  wrap(key: Uint8Array): Promise<Uint8Array>;
  /** Decrypts what `wrap` gave; throws for anything else. */
  unwrap(wrapped: Uint8Array): Promise<Uint8Array>;
}

/** A root key as the options take it: text as of {@link KeyEntry.secret} (`file:` included), or a wrapper. */
export type RootKeyOption = string | Secret | RootKeyWrapper;

/** A root key after checking. */
export type RootKey = { readonly id: string; readonly key: KeyObject } | RootKeyWrapper;
