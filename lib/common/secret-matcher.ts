import { timingSafeEqual as equalBytes } from 'node:crypto';
import { candidateDigest, secretDigest, type ComparableSecret } from './comparable.js';

/**
 * Hashes a secret once and gives a function that compares candidates with it. Timing tells nothing about
 * the secret, its length included, and each comparison hashes half as much as {@link timingSafeEqual}.
 *
 * @param secret what candidates must equal
 * @returns a function that is `true` only for equal bytes and never throws; it takes what
 * {@link timingSafeEqual} takes as a candidate, and keeps the SHA-256 of the secret, not the secret
 * @throws TypeError when the secret is missing, empty, ill-formed, the text `[redacted]`, or not a string,
 * bytes or {@link Secret}
 * @example
 * const isSetupToken = secretMatcher(config.setupToken);
 * if (!isSetupToken(request.headers['x-setup-token'])) throw new ForbiddenException();
 */
export function secretMatcher(secret: ComparableSecret): (candidate: unknown) => boolean {
  const expected = secretDigest(secret);
  return (candidate) => {
    const actual = candidateDigest(candidate);
    return actual !== undefined && equalBytes(actual, expected);
  };
}
