import { randomBytes } from 'node:crypto';

const MARKS = ['!', '*'];
const RANDOM_BYTES = 30;

/**
 * A text that no password ever matches, for the place of a hash: `!` and 40 random characters, as Django
 * writes it, so that no two are alike.
 */
export function disabledHash(): string {
  return `!${randomBytes(RANDOM_BYTES).toString('base64url')}`;
}

/** Whether a text says that its account has no password: `!…` (Django, passlib), `*` and `!` before a hash (Unix). */
export function isDisabled(stored: string): boolean {
  return MARKS.some((mark) => stored.startsWith(mark));
}
