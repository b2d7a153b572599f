import { hash } from 'node:crypto';
import { types } from 'node:util';
import { REDACTED, Secret } from './secret.js';

/**
 * A secret as the comparing functions take it: bytes, or well-formed text, of which the UTF-8 is compared;
 * not empty.
 */
export type ComparableSecret = string | Uint8Array | Secret<string | Uint8Array>;

/**
 * SHA-256 of a trusted secret, text as UTF-8.
 *
 * @throws TypeError when it is missing, empty, ill-formed, the text `[redacted]` or neither text nor bytes:
 * an unset variable must never match an absent header
 */
export function secretDigest(secret: ComparableSecret): Buffer {
  const value: unknown = secret instanceof Secret ? secret.reveal() : secret;
  if (!isComparable(value) || value.length === 0 || value === REDACTED) {
    throw new TypeError(
      'the secret must be a non-empty, well-formed string or bytes, and not "[redacted]"',
    );
  }
  return sha256(value);
}

/** SHA-256 of what a stranger sent, text as UTF-8; `undefined` for what equals nothing. */
export function candidateDigest(candidate: unknown): Buffer | undefined {
  return isComparable(candidate) ? sha256(candidate) : undefined;
}

function sha256(value: string | Uint8Array): Buffer {
  return hash('sha256', value, 'buffer');
}

function isComparable(value: unknown): value is string | Uint8Array {
  // UTF-8 turns every lone surrogate into U+FFFD, so ill-formed texts would equal one another.
  return typeof value === 'string' ? value.isWellFormed() : types.isUint8Array(value);
}
