/** The longest password that is hashed, in bytes of UTF-8, counted before normalising. */
export const MAX_PASSWORD_BYTES = 4096;

/** Why a text is never hashed as a password. */
export type UnusablePassword = 'empty' | 'too-long' | 'ill-formed-unicode';

/**
 * The bytes of a password that are hashed: UTF-8 of its Unicode NFC, so that one password typed on two
 * systems is one password. A text that is never hashed gives the reason instead.
 *
 * @throws TypeError for anything that is not text
 */
export function passwordBytes(password: string): Buffer | UnusablePassword {
  if (typeof password !== 'string') throw new TypeError('a password must be a string');
  if (password === '') return 'empty';
  // Normalising costs more than linear time on some texts, so the size is judged first.
  if (Buffer.byteLength(password, 'utf8') > MAX_PASSWORD_BYTES) return 'too-long';
  if (!password.isWellFormed()) return 'ill-formed-unicode';
  return Buffer.from(password.normalize('NFC'), 'utf8');
}
