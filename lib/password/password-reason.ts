import type { UnusablePassword } from './password-text.js';
import type { NothingStored } from './stored/read-stored.js';

/**
 * How a comparison ended, in one word:
 * - `match`, `mismatch`;
 * - of what is stored: `no-hash` (nothing), `disabled` ({@link PasswordService.disable}), `malformed`,
 *   `unsupported` (a scheme that is not verified, a pepper that the keyring does not have, or none where one is
 *   demanded), `out-of-bounds` (it asks for more work than the ceilings allow);
 * - of the password: `empty`, `redacted` (what a printed {@link Secret} leaves), `too-long` (over 4096 bytes),
 *   `ill-formed-unicode` (a lone surrogate).
 *
 * For the log and the audit log: who failed is not told which.
 */
export type PasswordReason = 'match' | 'mismatch' | NothingStored | UnusablePassword;
