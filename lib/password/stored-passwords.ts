import type { PasswordHashInfo } from './password-verdict.js';
import type { PasswordVerifier } from './password-verifier.js';
import type { Peppers } from './pepper/peppers.js';
import { disabledHash } from './stored/disabled.js';
import type { RehashReason } from './target/rehash-reason.js';

/** The verbs of {@link PasswordService} that look at what is stored, without a password. They compute nothing. */
export abstract class StoredPasswords {
  readonly #verifier: PasswordVerifier;
  readonly #peppers: Peppers;

  /** @internal */
  protected constructor(verifier: PasswordVerifier, peppers: Peppers) {
    this.#verifier = verifier;
    this.#peppers = peppers;
  }

  /**
   * Whether a stored hash should be replaced; `false` for what cannot be verified at all.
   *
   * @throws as {@link StoredPasswords.rehashReasons}
   */
  needsRehash(stored: string | null | undefined): boolean {
    return this.rehashReasons(stored).length > 0;
  }

  /**
   * Why a stored hash should be replaced, as far as can be told without the password. Empty for one that is
   * as new ones are, or stronger, and for what cannot be verified at all.
   *
   * @throws KeyringError `KEY_RING_STALE` when peppers come from a key provider that has been silent for too long
   * @example
   * passwords.rehashReasons('$2y$10$…'); // ['scheme']
   */
  rehashReasons(stored: string | null | undefined): RehashReason[] {
    const hash = this.#verifier.read(stored);
    return typeof hash === 'string' ? [] : this.#verifier.rehashReasons(hash);
  }

  /**
   * What a stored hash is; `undefined` for what cannot be verified. Computes nothing.
   *
   * @throws as {@link StoredPasswords.rehashReasons}
   */
  identify(stored: string | null | undefined): PasswordHashInfo | undefined {
    const hash = this.#verifier.read(stored);
    if (typeof hash === 'string') return undefined;
    const { scheme, format, parameters, saltBytes, digest, pepperId } = hash;
    const pepper = pepperId && this.#peppers.find(pepperId);
    return {
      scheme,
      format,
      parameters,
      saltBytes,
      digestBytes: digest.length,
      ...(pepper && { pepperKeyId: pepper.keyId }),
    };
  }

  /**
   * What to store for an account that has no password: it matches none, and costs at a login what a hash
   * costs. `!` and 40 random characters.
   */
  disable(): string {
    return disabledHash();
  }

  /**
   * Whether a password could match what is stored: not for nothing, {@link StoredPasswords.disable}, or what
   * cannot be verified.
   *
   * @throws as {@link StoredPasswords.rehashReasons}
   */
  isUsable(stored: string | null | undefined): boolean {
    return typeof this.#verifier.read(stored) !== 'string';
  }
}
