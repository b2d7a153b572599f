import { timingSafeEqual } from 'node:crypto';
import { PASSWORD_CEILINGS } from '../../lib/password/password-ceilings.js';
import type { PasswordText } from '../../lib/password/password-text.js';
import { FOREIGN_FORMATS } from '../../lib/password/stored/foreign-formats.js';
import type {
  ReadingRules,
  StoredHash,
  StoredProblem,
} from '../../lib/password/stored/stored-hash.js';

/** How stored hashes are read unless the options say otherwise. */
export const READING_RULES: ReadingRules = Object.freeze({
  ...PASSWORD_CEILINGS,
  argon2Backend: 'argon2',
  longBcrypt: 'truncated',
});

/** A password as the formats take it; also the empty one, which the service never gives them. */
export function typed(text: string): PasswordText {
  return { text, bytes: Buffer.from(text.normalize('NFC'), 'utf8') };
}

/** Reads a text by the one format that claims it; `unclaimed` when none does. */
export function readForeign(
  stored: string,
  rules: ReadingRules = READING_RULES,
): StoredHash | StoredProblem | 'unclaimed' {
  const [format, ...others] = FOREIGN_FORMATS.filter((candidate) => candidate.claims(stored));
  if (others.length > 0) throw new Error(`several formats claim ${stored}`);
  return format?.read(stored, rules) ?? 'unclaimed';
}

/** Tells whether a password is the one of a stored hash; why not, where it cannot be told. */
export async function verifyForeign(
  stored: string,
  password: string,
): Promise<boolean | StoredProblem | 'unclaimed'> {
  const hash = readForeign(stored);
  if (typeof hash === 'string') return hash;
  const computed = await hash.compute(typed(password));
  return computed.length === hash.digest.length && timingSafeEqual(computed, hash.digest);
}
