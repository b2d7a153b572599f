import { ARGON2_FORMAT } from './argon2.format.js';
import { BCRYPT_SHA256_FORMAT } from './bcrypt-sha256.format.js';
import { BCRYPT_FORMAT } from './bcrypt.format.js';
import { isDisabled } from './disabled.js';
import { FOREIGN_FORMATS } from './foreign-formats.js';
import { PBKDF2_FORMAT } from './pbkdf2.format.js';
import { PEPPERED_FORMAT } from './peppered.format.js';
import { SCRYPT_FORMAT } from './scrypt.format.js';
import type { ReadingRules, StoredFormat, StoredHash, StoredProblem } from './stored-hash.js';
import { isKnownButUnsupported } from './unsupported.js';

const MAX_LENGTH = 1024;

const FORMATS: readonly StoredFormat[] = [
  ARGON2_FORMAT,
  BCRYPT_FORMAT,
  BCRYPT_SHA256_FORMAT,
  SCRYPT_FORMAT,
  PBKDF2_FORMAT,
  PEPPERED_FORMAT,
  ...FOREIGN_FORMATS,
];

/** Why there is nothing to compare a password with. */
export type NothingStored = 'no-hash' | 'disabled' | StoredProblem;

/**
 * Reads whatever is stored for a user: which layout it has is told by its beginning, and only that one
 * judges it. Linear in at most 1,024 characters; longer texts are not looked at.
 */
export function readStored(stored: unknown, rules: ReadingRules): StoredHash | NothingStored {
  if (stored === null || stored === undefined || stored === '') return 'no-hash';
  if (typeof stored !== 'string' || stored.length > MAX_LENGTH) return 'malformed';
  if (isDisabled(stored)) return 'disabled';
  const format = FORMATS.find((each) => each.claims(stored));
  if (format) return format.read(stored, rules);
  return isKnownButUnsupported(stored) ? 'unsupported' : 'malformed';
}
