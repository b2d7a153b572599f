import { Inject, Injectable } from '@nestjs/common';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Secret } from '../common/secret.js';
import { PasswordError } from '../errors/password.error.js';
import { SecurityEvents } from '../events/security-events.js';
import type { Argon2Work } from '../key-derivation/argon2-backend.js';
import { isWithinBounds } from '../key-derivation/argon2-parameters.js';
import { hashWithArgon2 } from './argon2-hash.js';
import { formatArgon2, parseArgon2 } from './argon2-phc.js';
import { passwordText, type PasswordText, type UnusablePassword } from './password-text.js';
import { PASSWORD_OPTIONS, type ResolvedPasswordOptions } from './password.options.js';

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const REFUSALS: Readonly<Record<UnusablePassword, string>> = {
  empty: 'an empty password cannot be hashed',
  redacted: 'the text "[redacted]" is what a printed secret leaves: it cannot be hashed',
  'too-long': 'a password of more than 4096 bytes cannot be hashed',
  'ill-formed-unicode': 'a password with a lone surrogate cannot be hashed',
};

type Refusal = 'mismatch' | 'no-hash' | 'malformed' | 'out-of-bounds' | UnusablePassword;

/**
 * Hashes passwords with Argon2id (RFC 9106) and verifies them.
 *
 * @example
 * user.passwordHash = await passwords.hash(password);
 * const ok = await passwords.verify(user?.passwordHash, password); // false for an unknown user, too
 */
@Injectable()
export class PasswordService {
  constructor(
    @Inject(PASSWORD_OPTIONS) private readonly options: ResolvedPasswordOptions,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Hashes a password under a fresh 16-byte salt, off the event loop.
   *
   * @param password normalised to Unicode NFC; at most 4096 bytes of UTF-8
   * @returns a PHC string: `$argon2id$v=19$m=65536,t=3,p=4$<salt>$<32-byte hash>`
   * @throws TypeError for anything that is not text
   * @throws PasswordError `PWD_UNUSABLE` for an empty or too long password, one with a lone surrogate, or the
   * text `[redacted]`,
   * `PWD_BACKEND_UNAVAILABLE` when the native library cannot be loaded
   */
  async hash(password: string | Secret): Promise<string> {
    const text = passwordText(reveal(password));
    if (typeof text === 'string')
      throw new PasswordError('PWD_UNUSABLE', REFUSALS[text], { status: 400 });
    const parameters = this.#policy(randomBytes(SALT_BYTES));
    return formatArgon2({ ...parameters, hash: await hashWithArgon2(text.bytes, parameters) });
  }

  /**
   * Tells whether a password is the one that was hashed. Takes Argon2id, i and d, version 1.0 or 1.3.
   *
   * A missing, malformed or hostile stored value is `false` after the work of one hash under the present
   * settings, so that the answer for an unknown user comes no sooner than that for a wrong password.
   *
   * @param stored what {@link PasswordService.hash} gave; `null` or `undefined` for an unknown user
   * @throws TypeError only when the password is not text
   * @throws PasswordError `PWD_BACKEND_UNAVAILABLE` when the native library cannot be loaded
   */
  async verify(stored: string | null | undefined, password: string | Secret): Promise<boolean> {
    const refusal = await this.#judge(stored, passwordText(reveal(password)));
    this.events.report(
      refusal === undefined
        ? { event: 'password_verified', outcome: 'success' }
        : { event: 'password_refused', outcome: 'failure', reason: refusal },
    );
    return refusal === undefined;
  }

  async #judge(
    stored: unknown,
    password: PasswordText | UnusablePassword,
  ): Promise<Refusal | undefined> {
    const expected = parseArgon2(stored);
    if (typeof password === 'string') return this.#refuse(password);
    if (stored === null || stored === undefined || stored === '') return this.#refuse('no-hash');
    if (!expected) return this.#refuse('malformed');
    if (!isWithinBounds(expected)) return this.#refuse('out-of-bounds');
    const actual = await hashWithArgon2(password.bytes, {
      ...expected,
      hashBytes: expected.hash.length,
    });
    return timingSafeEqual(actual, expected.hash) ? undefined : 'mismatch';
  }

  async #refuse(reason: Refusal): Promise<Refusal> {
    await hashWithArgon2(randomBytes(HASH_BYTES), this.#policy(randomBytes(SALT_BYTES)));
    return reason;
  }

  #policy(salt: Buffer): Argon2Work {
    const { memoryKiB, timeCost, parallelism } = this.options;
    return {
      variant: 'argon2id',
      version: 19,
      memoryKiB,
      timeCost,
      parallelism,
      salt,
      hashBytes: HASH_BYTES,
    };
  }
}

function reveal(password: string | Secret): string {
  return password instanceof Secret ? password.reveal() : password;
}
