import { PasswordError } from '../errors/password.error.js';
import { passwordText, type PasswordText, type UnusablePassword } from './password-text.js';

const REFUSALS: Readonly<Record<UnusablePassword, string>> = {
  empty: 'an empty password cannot be hashed',
  redacted: 'the text "[redacted]" is what a printed secret leaves: it cannot be hashed',
  'too-long': 'a password of more than 4096 bytes cannot be hashed',
  'ill-formed-unicode': 'a password with a lone surrogate cannot be hashed',
};

/**
 * A password that is to be hashed.
 *
 * @throws TypeError for anything that is not text
 * @throws PasswordError `PWD_UNUSABLE` (status 400) for one that is never hashed
 */
export function usablePassword(password: string): PasswordText {
  const text = passwordText(password);
  if (typeof text !== 'string') return text;
  throw new PasswordError('PWD_UNUSABLE', REFUSALS[text], { status: 400 });
}
