import { decodeBase64, decodeBase64Url, decodeHex } from '../../common/encoding.js';
import { MAC_BYTES, type MacAlgorithm } from './compute-mac.js';

/** How the bytes of a MAC are spelt: lower-case `hex`, padded `base64`, or `base64url` without padding. */
export type MacEncoding = 'hex' | 'base64' | 'base64url';

/** What a signature looks like. */
export interface MacFormat {
  readonly algorithm: MacAlgorithm;
  readonly encoding: MacEncoding;
  /** What stands before the MAC. */
  readonly prefix: string;
}

/** How each encoding is read: strictly, in the one spelling that it is written in. */
export const MAC_DECODERS: Readonly<Record<MacEncoding, (text: string) => Buffer | undefined>> =
  Object.freeze({ hex: decodeLowerCaseHex, base64: decodeBase64, base64url: decodeBase64Url });

/**
 * The bytes of a MAC that a signature has; `undefined` for whatever is not spelt exactly so. Its length is
 * looked at first, so that a long one costs nothing.
 *
 * @param signature anything at all
 */
export function parseSignature(
  signature: unknown,
  { algorithm, encoding, prefix }: MacFormat,
): Buffer | undefined {
  if (typeof signature !== 'string') return undefined;
  const bytes = MAC_BYTES[algorithm];
  if (signature.length !== prefix.length + encodedLength(bytes, encoding)) return undefined;
  if (!signature.startsWith(prefix)) return undefined;
  const mac = MAC_DECODERS[encoding](signature.slice(prefix.length));
  return mac?.length === bytes ? mac : undefined;
}

function encodedLength(bytes: number, encoding: MacEncoding): number {
  if (encoding === 'hex') return bytes * 2;
  return encoding === 'base64' ? Math.ceil(bytes / 3) * 4 : Math.ceil((bytes * 4) / 3);
}

function decodeLowerCaseHex(text: string): Buffer | undefined {
  return /[A-F]/.test(text) ? undefined : decodeHex(text);
}
