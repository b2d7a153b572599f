/*
 * Strict decoders: each accepts the one canonical spelling and nothing else.
 *
 * Node's own decoders skip junk, accept both base64 alphabets and truncate UTF-16 units (U+0141
 * decodes as 'A'), so many texts would name the same bytes. Encoding the result again and comparing
 * closes all of these at once, in time linear in the input.
 */

const PIECE_BYTES = 12 * 1024;
const PIECE_CHARACTERS = (PIECE_BYTES / 3) * 4;

function decodeExactly(text: string, encoding: 'hex' | 'base64' | 'base64url'): Buffer | undefined {
  const bytes = Buffer.from(text, encoding);
  return bytes.toString(encoding) === text ? bytes : undefined;
}

/** Decodes hexadecimal digits in either case, but not mixed; `undefined` for anything else. */
export function decodeHex(text: string): Buffer | undefined {
  return decodeExactly(text, 'hex') ?? decodeUpperCaseHex(text);
}

function decodeUpperCaseHex(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'hex');
  return bytes.toString('hex').toUpperCase() === text ? bytes : undefined;
}

/** Decodes padded RFC 4648 §4 base64; `undefined` for anything else, spare bits included. */
export function decodeBase64(text: string): Buffer | undefined {
  return decodeExactly(text, 'base64');
}

/** Decodes RFC 4648 §4 base64 without padding, as PHC strings spell it; `undefined` otherwise. */
export function decodeUnpaddedBase64(text: string): Buffer | undefined {
  return text.length % 4 === 1 || text.includes('=') ? undefined : decodeBase64(padBase64(text));
}

/** Decodes RFC 4648 §5 base64url without padding; `undefined` for anything else. */
export function decodeBase64Url(text: string): Buffer | undefined {
  return decodeExactly(text, 'base64url');
}

/**
 * Decodes padded RFC 4648 §5 base64url, as Fernet spells it; `undefined` for anything else.
 *
 * @param memoryFor gives the memory to decode into
 * @default fresh memory
 */
export function decodePaddedBase64Url(
  text: string,
  memoryFor: (size: number) => Buffer = (size) => Buffer.allocUnsafe(size),
): Buffer | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  const bytes = memoryFor((text.length / 4) * 3 - padding);
  // Junk is skipped, which leaves the end unwritten.
  const isWhole = bytes.write(text, 'base64url') === bytes.length;
  return isWhole && isSpelling(text.slice(0, text.length - padding), bytes) ? bytes : undefined;
}

/** Whether text is the unpadded base64url of bytes. Compares in pieces, which costs no second large text. */
function isSpelling(text: string, bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const to = (at / 3) * 4;
    const piece = bytes.toString('base64url', at, at + PIECE_BYTES);
    if (piece !== text.slice(to, to + PIECE_CHARACTERS)) return false;
  }
  return true;
}

/** Encodes as padded RFC 4648 §5 base64url, as Fernet spells it. */
export function encodePaddedBase64Url(bytes: Buffer): string {
  return padBase64(bytes.toString('base64url'));
}

/** Encodes as RFC 4648 §4 base64 without padding, as PHC strings spell it. */
export function encodeUnpaddedBase64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

function padBase64(text: string): string {
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}
