import type { KeyObject } from 'node:crypto';
import type { Secret } from '../common/secret.js';
import type { Argon2Parameters } from './argon2-parameters.js';
import type { Pbkdf2Parameters } from './pbkdf2.js';
import type { ScryptParameters } from './scrypt.js';

/** An algorithm and its parameters. Those that are left out have their defaults. */
export type KdfChoice =
  | { readonly algorithm?: 'scrypt'; readonly params?: ScryptParameters }
  | {
      readonly algorithm: 'pbkdf2-sha256' | 'pbkdf2-sha512';
      readonly params?: Pbkdf2Parameters;
    }
  | { readonly algorithm: 'argon2id'; readonly params?: Partial<Argon2Parameters> };

/** What decides, beside the passphrase, which key is derived. */
export type DeriveOptions = KdfChoice & {
  /**
   * 8 to 1024 bytes that need not be secret.
   *
   * @default 16 fresh random bytes
   */
  readonly salt?: Uint8Array;
  /**
   * The length of the key in bytes, 1 to 1024; Argon2id makes 4 at least.
   *
   * @default 32
   */
  readonly length?: number;
};

/** What {@link KeyDerivationService.derive} gives. */
export interface DerivedKey {
  /** The key; printed, it shows nothing. `key.export()` gives the bytes. */
  readonly key: KeyObject;
  /** The salt that was used. */
  readonly salt: Buffer;
  /** How the key was derived, without the key: enough to derive it again from the passphrase. */
  readonly encoded: string;
}

/** What {@link KeyDerivationService.fernetKeyFromPassphrase} gives. */
export interface DerivedFernetKey {
  /** The key as Python's `Fernet` takes it: 44 characters of padded base64url. */
  readonly key: Secret;
  /** The salt that was used. */
  readonly salt: Buffer;
  /** How the key was derived, without the key. */
  readonly encoded: string;
}

/** How a Fernet key is derived: as chosen, or again as an earlier `encoded` says. */
export type FernetKeyOptions =
  (KdfChoice & Pick<DeriveOptions, 'salt'>) | { readonly encoded: string };

/** A key, and how it was derived. What is said beside `encoded` must agree with it. */
export type KeyToVerify = {
  /** The key, as {@link DerivedKey.key} gave it or as its bytes. */
  readonly key: KeyObject | Uint8Array | Secret<Uint8Array>;
} & (
  | { readonly encoded: string; readonly salt?: Uint8Array }
  | (DeriveOptions & { readonly salt: Uint8Array; readonly encoded?: undefined })
);
