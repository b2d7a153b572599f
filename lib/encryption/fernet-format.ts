import { decodePaddedBase64Url } from '../common/encoding.js';
import type { TokenMemory } from './token-memory.js';

/*
 * Fernet, version 0x80 (https://github.com/fernet/spec):
 *   0x80 || timestamp, 8 bytes big-endian || IV, 16 || AES-128-CBC ciphertext, 16 n || HMAC-SHA256, 32
 * as padded base64url. The HMAC covers all that stands before it.
 */
export const VERSION = 0x80;
export const TIME_AT = 1;
export const IV_AT = 9;
export const CIPHERTEXT_AT = 25;
export const BLOCK = 16;
export const MAC_BYTES = 32;
const SMALLEST = CIPHERTEXT_AT + BLOCK + MAC_BYTES;

/** How many bytes the ciphertext of so many bytes of plaintext has. */
export function ciphertextBytes(plaintextBytes: number): number {
  return (Math.floor(plaintextBytes / BLOCK) + 1) * BLOCK;
}

/** The length of the token that holds so many bytes of plaintext, in characters. */
export function fernetTokenLength(plaintextBytes: number): number {
  return Math.ceil((CIPHERTEXT_AT + ciphertextBytes(plaintextBytes) + MAC_BYTES) / 3) * 4;
}

/**
 * Decodes a token that has the form of one; `undefined` for anything else.
 *
 * @param memory where to
 * @default fresh memory
 */
export function decodeFernet(token: string, memory?: TokenMemory): Buffer | undefined {
  const bytes = decodePaddedBase64Url(token, memory && ((size) => memory.take(size)));
  return bytes && hasFernetForm(bytes) ? bytes : undefined;
}

/** Whether version and length are those of a token. */
export function hasFernetForm(bytes: Uint8Array): boolean {
  return (
    bytes.length >= SMALLEST && (bytes.length - SMALLEST) % BLOCK === 0 && bytes[0] === VERSION
  );
}

/** The seconds since the Unix epoch that a decoded token carries. */
export function timestampOf(bytes: Buffer): bigint {
  return bytes.readBigUInt64BE(TIME_AT);
}
