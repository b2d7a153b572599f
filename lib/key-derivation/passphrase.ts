import { REDACTED, Secret } from '../common/secret.js';
import { KeyDerivationError } from '../errors/key-derivation.error.js';

/** Of text, those of its UTF-8 before normalising. */
const MAX_PASSPHRASE_BYTES = 4096;

/**
 * What a key can be derived from: text as a person types it, or bytes; 1 to 4096 bytes. Of text, the UTF-8
 * of its Unicode NFC is used.
 */
export type Passphrase = string | Uint8Array | Secret<string | Uint8Array>;

/** Why nothing is derived from a passphrase or password. */
export type UnusablePassphrase = 'empty' | 'redacted' | 'too-long' | 'ill-formed-unicode';

const REFUSALS: Readonly<Record<UnusablePassphrase, string>> = {
  empty: 'an empty passphrase gives no key',
  redacted: 'the text "[redacted]" is what a printed secret leaves: it gives no key',
  'too-long': `a passphrase of more than ${MAX_PASSPHRASE_BYTES} bytes gives no key: hash a long one first`,
  'ill-formed-unicode': 'a passphrase with a lone surrogate gives no key',
};

/**
 * The bytes that stand for a text which a person typed: UTF-8 of its Unicode NFC, so that what was typed
 * on two systems is the same. A text that is never used gives the reason instead.
 */
export function normalizedBytes(text: string): Buffer | UnusablePassphrase {
  if (text === '') return 'empty';
  if (text === REDACTED) return 'redacted';
  // Normalising costs more than linear time on some texts, so the size is judged first. No character has fewer
  // bytes than UTF-16 units, so that most of the long ones are told without counting.
  if (text.length > MAX_PASSPHRASE_BYTES) return 'too-long';
  if (Buffer.byteLength(text, 'utf8') > MAX_PASSPHRASE_BYTES) return 'too-long';
  if (!text.isWellFormed()) return 'ill-formed-unicode';
  return Buffer.from(text.normalize('NFC'), 'utf8');
}

/**
 * The bytes from which a key is derived: text by {@link normalizedBytes}, bytes as they are, copied, so
 * that the caller may overwrite them at once.
 *
 * @throws TypeError for anything but text, bytes or a {@link Secret} of one
 * @throws KeyDerivationError `KDF_PASSPHRASE_UNUSABLE` (status 400) when it is empty, longer than 4096
 * bytes, the text `[redacted]`, or has a lone surrogate
 */
export function passphraseBytes(passphrase: Passphrase): Buffer {
  const bytes = judgePassphrase(passphrase);
  if (typeof bytes !== 'string') return bytes;
  throw new KeyDerivationError('KDF_PASSPHRASE_UNUSABLE', REFUSALS[bytes], { status: 400 });
}

/**
 * As {@link passphraseBytes}, but gives the reason instead of throwing.
 *
 * @throws TypeError for anything but text, bytes or a {@link Secret} of one
 */
export function judgePassphrase(passphrase: Passphrase): Buffer | UnusablePassphrase {
  const value = passphrase instanceof Secret ? passphrase.reveal() : passphrase;
  if (typeof value === 'string') return normalizedBytes(value);
  if (!(value instanceof Uint8Array)) {
    throw new TypeError('a passphrase must be a string, bytes or a Secret of one');
  }
  if (value.length === 0) return 'empty';
  return value.length > MAX_PASSPHRASE_BYTES ? 'too-long' : Buffer.from(value);
}
