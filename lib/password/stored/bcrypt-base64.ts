/*
 * bcrypt writes base64 with an alphabet of its own, without padding. Translated letter by letter it is
 * that of RFC 4648, which Node encodes and decodes.
 */
const BCRYPT = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const RFC_4648 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const TEXT = /^[./A-Za-z0-9]+$/;

const DIGEST_CHARACTERS = 31;
const SALT_CHARACTERS = 22;

/** Encodes bytes as bcrypt does. */
export function encodeBcryptBase64(bytes: Buffer): string {
  return translate(bytes.toString('base64').replaceAll('=', ''), RFC_4648, BCRYPT);
}

/** The 16 bytes of a salt; `undefined` for anything but 22 characters of the alphabet. Spare bits are ignored. */
export function decodeBcryptSalt(text: string): Buffer | undefined {
  return text.length === SALT_CHARACTERS ? decode(text) : undefined;
}

/** The 23 bytes of a digest; `undefined` for anything but 31 characters of the alphabet. Spare bits are ignored. */
export function decodeBcryptDigest(text: string): Buffer | undefined {
  return text.length === DIGEST_CHARACTERS ? decode(text) : undefined;
}

function decode(text: string): Buffer | undefined {
  return TEXT.test(text) ? Buffer.from(translate(text, BCRYPT, RFC_4648), 'base64') : undefined;
}

function translate(text: string, from: string, to: string): string {
  return Array.from(text, (letter) => to[from.indexOf(letter)]).join('');
}
