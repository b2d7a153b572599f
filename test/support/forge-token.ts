import { createCipheriv, createHmac } from 'node:crypto';

/** What is unusual about a token. */
export interface ForgedParts {
  readonly version?: number;
  readonly time?: bigint;
  readonly iv?: Buffer;
  /** The padded plaintext. */
  readonly blocks?: Buffer;
  /** The ciphertext, instead of that of `blocks`. */
  readonly ciphertext?: Buffer;
  /** What signs, instead of the key's first half. */
  readonly signing?: Buffer;
  /** After so many bytes the signed part ends. */
  readonly cut?: number;
}

/** A token made by hand, so that each of its parts can be wrong. By default it holds an empty text. */
export function forgeToken(key: string, parts: ForgedParts = {}): string {
  const raw = Buffer.from(key, 'base64url');
  const header = Buffer.alloc(9);
  header[0] = parts.version ?? 0x80;
  header.writeBigUInt64BE(parts.time ?? 1_700_000_000n, 1);
  const iv = parts.iv ?? Buffer.alloc(16, 7);
  const cipher = createCipheriv('aes-128-cbc', raw.subarray(16), iv).setAutoPadding(false);
  const ciphertext = parts.ciphertext ?? cipher.update(parts.blocks ?? Buffer.alloc(16, 16));
  const signed = Buffer.concat([header, iv, ciphertext]).subarray(0, parts.cut);
  const mac = createHmac('sha256', parts.signing ?? raw.subarray(0, 16))
    .update(signed)
    .digest();
  return inPaddedBase64Url(Buffer.concat([signed, mac]));
}

/** Bytes as a token spells them. */
export function inPaddedBase64Url(bytes: Buffer): string {
  return bytes.toString('base64url').padEnd(Math.ceil(bytes.length / 3) * 4, '=');
}
