import type { SecurityErrorCode } from './error-codes.js';

/** What a {@link SecurityError} carries beside its code and message. */
export interface SecurityErrorDetails {
  /**
   * The HTTP status that answers a request which ends in this error.
   *
   * @default 500
   */
  status?: number;
  /** Whole seconds after which trying again makes sense, sent as `Retry-After`. */
  retryAfterSeconds?: number;
  /** The error that led to this one. */
  cause?: unknown;
}

/**
 * The root of every error that this package throws on purpose, `TypeError` and `RangeError` for
 * programming mistakes aside. The message is for operators and never holds a secret, a token, a key or
 * a password; clients are shown the bland text of the status only.
 *
 * @example
 * try {
 *   encryption.decrypt(token);
 * } catch (error) {
 *   if (error instanceof SecurityError) logger.warn(error.code);
 * }
 */
export class SecurityError extends Error {
  /** A stable name for what happened, to switch on. */
  readonly code: SecurityErrorCode;
  /** The HTTP status that fits, 500 unless said otherwise. */
  readonly status: number;
  /** Whole seconds to wait before trying again, where that helps. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: SecurityErrorCode, message: string, details: SecurityErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.status = details.status ?? 500;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}
