import { EncryptionError } from '../errors/encryption.error.js';

/**
 * The bytes to encrypt: those given, or the UTF-8 of text.
 *
 * @throws TypeError for anything that is not text or bytes
 * @throws EncryptionError `ENC_TEXT_ILL_FORMED` for text with a lone surrogate, `ENC_PLAINTEXT_TOO_LARGE`
 * for more than `maxBytes`
 */
export function plaintextBytes(data: string | Uint8Array, maxBytes: number): Uint8Array {
  checkIsData(data);
  // No text has fewer bytes than UTF-16 units, so a huge one is refused before it is copied.
  if (data.length > maxBytes) throw tooLarge(maxBytes);
  if (typeof data !== 'string') return data;
  if (!data.isWellFormed()) throw illFormed();
  const bytes = Buffer.from(data, 'utf8');
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

/** @throws TypeError for anything that is not text or bytes */
export function checkIsData(data: unknown): void {
  if (typeof data !== 'string' && !(data instanceof Uint8Array)) {
    throw new TypeError('only text and bytes can be encrypted');
  }
}

/** What is thrown for text with a lone surrogate: UTF-8 would make U+FFFD of it. */
export function illFormed(): EncryptionError {
  const message = 'text with a lone surrogate cannot be encrypted as UTF-8';
  return new EncryptionError('ENC_TEXT_ILL_FORMED', message, { status: 400 });
}

/** What is thrown for more than `maxPlaintextBytes`. */
export function tooLarge(maxBytes: number): EncryptionError {
  return new EncryptionError(
    'ENC_PLAINTEXT_TOO_LARGE',
    `the plaintext has more than ${maxBytes} bytes: encrypt less at a time, or raise encryption.maxPlaintextBytes`,
    { status: 413 },
  );
}

/** @throws EncryptionError `ENC_TEXT_ILL_FORMED` when the plaintext is not UTF-8 */
export function plaintextText(plaintext: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plaintext);
  } catch {
    throw new EncryptionError(
      'ENC_TEXT_ILL_FORMED',
      'the plaintext is not UTF-8: use decrypt() for bytes',
    );
  }
}
