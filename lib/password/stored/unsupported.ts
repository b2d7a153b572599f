/** The braces of LDAP and Spring, whatever is in them. */
const BRACES = /^\{[!-z|~]{1,64}\}/;
/** Modular crypt and PHC strings begin with a word between dollar signs. */
const MODULAR_CRYPT = /^\$[A-Za-z0-9][A-Za-z0-9._@,=+-]{0,63}\$/;
/** Django's wrapper around DES crypt. */
const DJANGO_CRYPT = /^crypt\$/;
/** A bare digest of MD5, SHA-1, SHA-256 or SHA-512. */
const BARE_DIGEST = /^([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i;

/**
 * Tells whether a text that no layout claims is still meant to be a hash: one of a scheme that is not
 * verified, such as `$1$`, `$y$`, `{noop}`, `{MD5}`, `crypt$` or a bare digest, which only `wrapLegacy` makes
 * fit to verify.
 *
 * @param stored at most 1,024 characters
 */
export function isKnownButUnsupported(stored: string): boolean {
  return [BRACES, MODULAR_CRYPT, DJANGO_CRYPT, BARE_DIGEST].some((form) => form.test(stored));
}
