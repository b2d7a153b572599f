import { createHash } from 'node:crypto';
import { checkWhole } from '../common/check-whole.js';
import { charactersOf, drawText } from './alphabet.js';

/** A code that lets a user in once who has lost the second factor. */
export interface RecoveryCode {
  /**
   * What the user is shown once: 24 characters of Crockford's base 32 in groups of four, 120 bits, such as
   * `7Q4M-0K2D-X8RB-1WZC-9F3E-TN6H`.
   */
  readonly code: string;
  /** What is stored: 64 lower-case hexadecimal digits, see {@link recoveryCodeDigest}. */
  readonly digest: string;
}

const DEFAULT_COUNT = 10;
const MAX_COUNT = 100;
/** 120 bits: from 112 on a plain hash may guard a stored code (ASVS 5.0, 6.5.2), and lookups stay exact. */
const CODE_CHARACTERS = 24;
const GROUP = /.{4}(?=.)/g;
const TYPED_CODE = /^[0-9A-HJKMNP-TV-Z]{24}$/;
/** Longer than any code in any spelling, so that nothing long is taken apart. */
const MAX_TYPED = 64;

/**
 * Draws recovery codes, no two alike.
 *
 * @param count how many, 1 to 100
 * @throws TypeError when the count is no number, RangeError when it is out of bounds or no integer
 */
export function generateRecoveryCodes(count: number = DEFAULT_COUNT): RecoveryCode[] {
  checkWhole(count, 'the number of codes', 1, MAX_COUNT);
  const codes = new Set<string>();
  while (codes.size < count) codes.add(drawText(charactersOf('crockford32'), CODE_CHARACTERS));
  return Array.from(codes, (code) => ({
    code: code.replaceAll(GROUP, '$&-'),
    digest: sha256(code),
  }));
}

/**
 * The digest under which a recovery code is stored: SHA-256, as lower-case hexadecimal digits, of its 24
 * characters without hyphens. As people type: case, spaces and hyphens do not matter, `O` is `0`, `I` and
 * `L` are `1`.
 *
 * Find and delete in one statement, so that a code lets in once only.
 *
 * @param typed what the user typed; anything at all
 * @returns `undefined` for what is no recovery code
 * @example
 * const digest = recoveryCodeDigest(body.code);
 * const { rowCount } = await db.query('DELETE FROM recovery_codes WHERE user_id = $1 AND digest = $2', [
 *   user.id,
 *   digest,
 * ]);
 */
export function recoveryCodeDigest(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > MAX_TYPED) return undefined;
  const code = typed
    .replaceAll(/[\s-]/g, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return TYPED_CODE.test(code) ? sha256(code) : undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
