import { timingSafeEqual as equalBytes } from 'node:crypto';
import { candidateDigest, secretDigest, type ComparableSecret } from './comparable.js';

/**
 * Tells whether an untrusted candidate equals a secret, in a time that does not depend on where they
 * differ. Both are hashed with SHA-256 first, so lengths may differ; what can be learned from timing
 * is at most the number of 64-byte blocks of each. {@link secretMatcher} does not leak even that.
 *
 * Strings are compared as UTF-8. A candidate that is not a string or bytes, or that has a lone
 * surrogate, is unequal to everything.
 *
 * @param candidate what the caller sent; anything at all
 * @param secret what it must equal
 * @returns `true` only for equal bytes; never throws because of the candidate
 * @throws TypeError when the secret is missing, empty, ill-formed, the text `[redacted]`, or not a string,
 * bytes or {@link Secret}: an unset variable must never match an absent header
 * @example
 * if (!timingSafeEqual(request.headers['x-setup-token'], config.setupToken)) throw new ForbiddenException();
 */
export function timingSafeEqual(candidate: unknown, secret: ComparableSecret): boolean {
  const expected = secretDigest(secret);
  const actual = candidateDigest(candidate);
  return actual !== undefined && equalBytes(actual, expected);
}

/**
 * Tells whether an untrusted candidate equals any of several secrets, such as the present and the
 * previous one. All are visited whatever the others gave, so that timing does not tell which matched.
 *
 * @param candidate what the caller sent; anything at all
 * @param secrets what it may equal; at least one
 * @throws TypeError when there is no secret, or when one of them is unfit for {@link timingSafeEqual}
 * @example
 * timingSafeEqualAny(request.headers['x-token'], [config.token, config.previousToken]);
 */
export function timingSafeEqualAny(
  candidate: unknown,
  secrets: readonly ComparableSecret[],
): boolean {
  if (!Array.isArray(secrets) || secrets.length === 0) {
    throw new TypeError('the secrets must be a list of at least one');
  }
  const actual = candidateDigest(candidate);
  let matched = false;
  for (const expected of secrets.map(secretDigest)) {
    if (actual !== undefined && equalBytes(actual, expected)) matched = true;
  }
  return matched;
}
