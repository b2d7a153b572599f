import { EncryptionError } from '../errors/encryption.error.js';
import {
  BLOCK,
  CIPHERTEXT_AT,
  decodeFernet,
  fernetTokenLength,
  MAC_BYTES,
  timestampOf,
  VERSION,
} from './fernet-format.js';
import { parseSealed } from './sealed.js';

const LONGEST_PLAINTEXT = 256 * 1024 * 1024;

/** What a token shows to everybody. Nothing has proved any of it. */
export interface TokenFacts {
  /** The version of Fernet: 128 (0x80). */
  readonly version: number;
  /** When it says it was made, in seconds since the Unix epoch; beyond 2^53 the nearest number. */
  readonly createdAt: number;
  /** The fewest bytes that the plaintext can have. */
  readonly minPlaintextBytes: number;
  /** The most bytes that the plaintext can have. */
  readonly maxPlaintextBytes: number;
  /** The key that a stored form names; a bare token names none. */
  readonly keyId?: string;
}

/**
 * Reads what a token or a stored form shows without any key.
 *
 * @param value anything at all
 * @throws EncryptionError `ENC_TOKEN_INVALID` for what has not the form of one, or is longer than a token of
 * 256 MiB
 * @example
 * inspectToken(token); // { version: 128, createdAt: 1795000000, minPlaintextBytes: 0, maxPlaintextBytes: 15 }
 */
export function inspectToken(value: unknown): TokenFacts {
  const sealed = parseSealed(value);
  const token = sealed?.token ?? value;
  const bytes =
    typeof token === 'string' && token.length <= fernetTokenLength(LONGEST_PLAINTEXT)
      ? decodeFernet(token)
      : undefined;
  if (!bytes) {
    throw new EncryptionError('ENC_TOKEN_INVALID', 'the token is not valid', { status: 400 });
  }
  const ciphertextBytes = bytes.length - CIPHERTEXT_AT - MAC_BYTES;
  return {
    version: VERSION,
    createdAt: Number(timestampOf(bytes)),
    minPlaintextBytes: ciphertextBytes - BLOCK,
    maxPlaintextBytes: ciphertextBytes - 1,
    ...(sealed && { keyId: sealed.keyId }),
  };
}
