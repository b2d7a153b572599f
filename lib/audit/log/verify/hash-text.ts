import { hash } from 'node:crypto';

/** The bytes of a SHA-256. */
export const HASH_BYTES = 32;
/** The hexadecimal digits of one. */
export const DIGITS_OF_A_HASH = 2 * HASH_BYTES;
const CHARACTERS = HASH_BYTES / 2;
/** Node takes any encoding of a text here; its types do not. */
const ENCODING = 'utf16le';

/** A hash as {@link hashText} gives it. */
export type HashText = string & { readonly [ofHash]: true };
declare const ofHash: unique symbol;

/**
 * The SHA-256 of bytes as a text of 16 characters, each of two bytes. A verifier takes two of them a record
 * and copies both, and nothing is faster: Node makes a buffer five times as slowly, and a text of one character
 * per byte has twice as many to copy.
 */
export function hashText(bytes: Uint8Array): HashText {
  return hash('sha256', bytes, ENCODING as 'binary') as HashText;
}

/** The text of a hash of 32 bytes. */
export function hashTextOf(bytes: Buffer): HashText {
  return bytes.toString(ENCODING) as HashText;
}

/** The 32 bytes of a text. */
export function hashTextBytes(text: HashText): Buffer {
  return Buffer.from(text, ENCODING);
}

/** Writes the 32 bytes of a text: in a loop, which for so few takes less than a call out of JavaScript. */
export function putHashText(text: HashText, into: DataView, at: number): void {
  for (let index = 0; index < CHARACTERS; index += 1) {
    into.setUint16(at + 2 * index, text.charCodeAt(index), true);
  }
}

/** The two digits of each byte, the first in the lower half. */
const DIGITS = Uint16Array.from({ length: 256 }, (_, byte) => {
  const text = byte.toString(16).padStart(2, '0');
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8);
});

/** Whether the 64 lower-case hexadecimal digits of a text stand at a place. */
export function hasHashDigits(bytes: DataView, at: number, text: HashText): boolean {
  for (let index = 0; index < CHARACTERS; index += 1) {
    const character = text.charCodeAt(index);
    const [first, second] = [DIGITS[character & 0xff] ?? 0, DIGITS[character >> 8] ?? 0];
    if (bytes.getInt32(at + 4 * index, true) !== (first | (second << 16))) return false;
  }
  return true;
}
