import { normalizedBytes, type UnusablePassphrase } from '../key-derivation/passphrase.js';

/** Why a text is never hashed as a password. */
export type UnusablePassword = UnusablePassphrase;

/** A password that may be hashed. */
export interface PasswordText {
  /** As it was typed; well-formed, 1 to 4096 bytes of UTF-8. */
  readonly text: string;
  /** What is hashed of it: UTF-8 of its Unicode NFC, so that one password typed on two systems is one. */
  readonly bytes: Buffer;
}

/**
 * Judges a password: its size before anything else, since normalising costs more than linear time. One that
 * is never hashed gives the reason instead.
 *
 * @throws TypeError for anything that is not text
 */
export function passwordText(password: string): PasswordText | UnusablePassword {
  if (typeof password !== 'string') throw new TypeError('a password must be a string');
  const bytes = normalizedBytes(password);
  return typeof bytes === 'string' ? bytes : { text: password, bytes };
}

/** The password as it was typed, not normalised: what software that does not normalise has hashed. */
export function withoutNormalizing({ text }: PasswordText): PasswordText {
  return { text, bytes: Buffer.from(text, 'utf8') };
}
