import { normalizedBytes, type UnusablePassphrase } from '../key-derivation/passphrase.js';

/** Why a text is never hashed as a password. */
export type UnusablePassword = UnusablePassphrase;

/**
 * The bytes of a password that are hashed: UTF-8 of its Unicode NFC, so that one password typed on two
 * systems is one password. A text that is never hashed gives the reason instead.
 *
 * @throws TypeError for anything that is not text
 */
export function passwordBytes(password: string): Buffer | UnusablePassword {
  if (typeof password !== 'string') throw new TypeError('a password must be a string');
  return normalizedBytes(password);
}
