/**
 * Why a stored hash should be made anew, at the next login; one of a stronger scheme or stronger parameters
 * keeps them:
 * - `scheme`: another function than the configured one, and not a stronger one;
 * - `parameters`: it costs an attacker less than the configured ones;
 * - `version`: Argon2 before version 1.3;
 * - `salt`: fewer than 16 bytes of salt;
 * - `length`: a shorter digest than new hashes have;
 * - `pepper`: no pepper, or another one than new hashes have;
 * - `spelling`: not spelt in the one canonical way, such as npm argon2's order of parameters, which Python and
 *   PHP do not read;
 * - `layout`: the layout of other software, or a wrapped digest;
 * - `truncated`: of this password only a part took part (bcrypt, 72 bytes); told at a match only;
 * - `not-normalized`: it matched the password as it was typed, not its Unicode NFC; told at a match only.
 */
export type RehashReason =
  | 'scheme'
  | 'parameters'
  | 'version'
  | 'salt'
  | 'length'
  | 'pepper'
  | 'spelling'
  | 'layout'
  | 'truncated'
  | 'not-normalized';
