import { createHash, timingSafeEqual as equalBytes } from 'node:crypto';
import { Secret } from './secret.js';

/**
 * Tells whether an untrusted candidate equals a secret, in a time that does not depend on where they
 * differ. Both are hashed with SHA-256 first, so lengths may differ; what can be learned from timing
 * is at most the number of 64-byte blocks of each.
 *
 * Strings are compared as UTF-8. A candidate that is not a string or bytes, or that has a lone
 * surrogate, is unequal to everything.
 *
 * @param candidate what the caller sent; anything at all
 * @param secret what it must equal
 * @returns `true` only for equal bytes; never throws because of the candidate
 * @throws TypeError when the secret is missing, empty, or not a string, bytes or {@link Secret}: an
 * unset variable must never match an absent header
 * @example
 * if (!timingSafeEqual(request.headers['x-setup-token'], config.setupToken)) throw new ForbiddenException();
 */
export function timingSafeEqual(
  candidate: unknown,
  secret: string | Uint8Array | Secret<string | Uint8Array>,
): boolean {
  const expected = digest(usable(secret));
  if (!isComparable(candidate)) return false;
  return equalBytes(digest(candidate), expected);
}

function digest(value: string | Uint8Array): Buffer {
  return createHash('sha256').update(value).digest();
}

function isComparable(value: unknown): value is string | Uint8Array {
  // UTF-8 turns every lone surrogate into U+FFFD, so ill-formed texts would equal one another.
  return typeof value === 'string' ? value.isWellFormed() : value instanceof Uint8Array;
}

function usable(secret: unknown): string | Uint8Array {
  const value: unknown = secret instanceof Secret ? secret.reveal() : secret;
  if (!isComparable(value) || value.length === 0) {
    throw new TypeError('the secret must be a non-empty, well-formed string or bytes');
  }
  return value;
}
