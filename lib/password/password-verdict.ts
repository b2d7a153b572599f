import type { AdmissionRequest } from './admission/admission-job.js';
import type { PasswordReason } from './password-reason.js';
import type { PasswordScheme, PasswordFormat } from './stored/stored-hash.js';
import type { Secret } from '../common/secret.js';

/** How a call waits for its turn. */
export type PasswordRequest = AdmissionRequest;

/** How a comparison ended, and what to store from now on. */
export interface PasswordVerdict {
  /** Whether it is the password. */
  readonly ok: boolean;
  /** How it ended, in one word; for logs, never for who tried. */
  readonly reason: PasswordReason;
  /** Whether it matched and the stored hash should be replaced. */
  readonly needsRehash: boolean;
  /** What to store in its place. Absent when nothing is to be replaced, or no new hash could be made now. */
  readonly newHash?: string;
}

/** What {@link PasswordService.login} is told. */
export interface LoginOptions extends PasswordRequest {
  /** The stored hash; `null` or `undefined` for an unknown user. */
  stored: string | null | undefined;
  /** What was typed. */
  password: string | Secret;
  /**
   * Stores a new hash in the place of the old one, if the old one is still there: compare and swap. Gives
   * `false`, or a promise of it, when it was not; anything else counts as stored. What it throws is counted and does not end the login.
   *
   * @default hashes are left as they are
   */
  onRehash?: (oldHash: string, newHash: string) => unknown;
}

/** How a login ended. */
export interface LoginVerdict extends Omit<PasswordVerdict, 'newHash'> {
  /** Whether a new hash was stored. */
  readonly rehashed: boolean;
}

/** What a stored hash is. */
export interface PasswordHashInfo {
  /** The function that made it. */
  readonly scheme: PasswordScheme;
  /** Whose layout it has; `native` is this package's own. */
  readonly format: PasswordFormat;
  /** The numbers that decide its cost. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Bytes of salt. */
  readonly saltBytes: number;
  /** Bytes of digest. */
  readonly digestBytes: number;
  /** The id of the ring key that peppered it; absent without a pepper. */
  readonly pepperKeyId?: string;
}
