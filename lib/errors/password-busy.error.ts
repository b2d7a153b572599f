import type { SecurityErrorCode } from './error-codes.js';
import { PasswordError } from './password.error.js';
import type { SecurityErrorDetails } from './security.error.js';

/** Why a password was not hashed: too many wait already, or its own deadline passed. */
export type PasswordBusyReason = 'queue-full' | 'deadline';

/** What a {@link PasswordBusyError} carries beside its code and message. */
export interface PasswordBusyDetails extends SecurityErrorDetails {
  /** Why the password was not hashed. */
  reason: PasswordBusyReason;
}

/**
 * More passwords are waiting to be hashed than this process can take on now. Says nothing about the password;
 * the same call may succeed after {@link PasswordBusyError.retryAfterSeconds}.
 *
 * @example
 * // The answer of SecurityErrorFilter: 503 with Retry-After: 2
 */
export class PasswordBusyError extends PasswordError {
  /** `queue-full`: refused at the door; `deadline`: not done within `timeoutMs`. */
  readonly reason: PasswordBusyReason;

  constructor(code: SecurityErrorCode, message: string, details: PasswordBusyDetails) {
    super(code, message, details);
    this.reason = details.reason;
  }
}
