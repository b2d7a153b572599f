/*
 * crypt(3) and phpass write base64 with an alphabet of their own, without padding, and the lowest six bits
 * of every three bytes first.
 */
const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BITS = 6;
const BYTE = 8;

/** The number that one letter stands for, 0 to 63; -1 for any other text. */
export function cryptBase64Value(letter: string): number {
  return letter.length === 1 ? ALPHABET.indexOf(letter) : -1;
}

/**
 * Decodes text to so many bytes; `undefined` when it has more or fewer characters than they take, any that is
 * not of the alphabet, or a spare bit that is set.
 */
export function decodeCryptBase64(text: string, byteLength: number): Buffer | undefined {
  if (text.length !== Math.ceil((byteLength * BYTE) / BITS)) return undefined;
  const bytes = Buffer.alloc(byteLength);
  let [pending, bits, at] = [0, 0, 0];
  for (const letter of text) {
    const value = cryptBase64Value(letter);
    if (value < 0) return undefined;
    pending |= value << bits;
    bits += BITS;
    if (bits < BYTE || at === byteLength) continue;
    bytes[at] = pending & 0xff;
    at += 1;
    pending >>= BYTE;
    bits -= BYTE;
  }
  return pending === 0 ? bytes : undefined;
}
