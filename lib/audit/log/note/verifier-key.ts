import { hash } from 'node:crypto';
import { decodeBase64 } from '../../../common/encoding.js';
import { isKeyName } from './key-name.js';

/** How a key signs notes: 1 is Ed25519 over the text, 4 a timestamped cosignature of a checkpoint. */
export type SignatureType = 1 | 4;

/** The bytes of an Ed25519 public key. */
export const PUBLIC_KEY_BYTES = 32;
/** The bytes of a key id. */
export const KEY_ID_BYTES = 4;

const MAX_TEXT = 1024;
// A key name has no plus, the base64 behind the id may.
const TEXT = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/;

/** A public key that notes are verified with, by c2sp.org/signed-note and c2sp.org/tlog-cosignature. */
export interface VerifierKey {
  /** The name that its signatures are under. */
  readonly name: string;
  /** The first 4 bytes of SHA-256(name || 0x0A || type || public key). With the name, it tells keys apart. */
  readonly id: Buffer;
  readonly type: SignatureType;
  /** The Ed25519 public key, 32 bytes. */
  readonly publicKey: Buffer;
}

/**
 * Names a public key.
 *
 * @param name not empty, without Unicode spaces and plus signs
 * @param publicKey the Ed25519 public key, 32 bytes
 * @param type 4 for a witness
 * @default type: 1
 * @throws TypeError when the name or the key is unfit
 * @example
 * verifierKey('example.com/log', rawPublicKey(publicKey));
 */
export function verifierKey(name: string, publicKey: Buffer, type: SignatureType = 1): VerifierKey {
  if (!isKeyName(name)) {
    throw new TypeError('a key name must not be empty and have no spaces and no plus sign');
  }
  if (publicKey.length !== PUBLIC_KEY_BYTES) {
    throw new TypeError('the public key must have 32 bytes');
  }
  const named = Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([type]), publicKey]);
  const id = hash('sha256', named, 'buffer').subarray(0, KEY_ID_BYTES);
  return { name, id, type, publicKey };
}

/**
 * Reads a verifier key (a "vkey"): `<name>+<8 hexadecimal digits of the id>+<base64 of type and key>`.
 *
 * @param text the key without a line end
 * @returns `undefined` for anything else, an id that is not the key's and an unknown type included
 * @example
 * parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
 */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const [, name = '', id, encoded = ''] = TEXT.exec(text) ?? [];
  const material = decodeBase64(encoded);
  const type = material?.[0];
  if (!material || !isKeyName(name) || (type !== 1 && type !== 4)) return undefined;
  const key = verifierKey(name, material.subarray(1), type);
  return key.id.toString('hex') === id ? key : undefined;
}

/** Writes a verifier key as {@link parseVerifierKey} reads it, without a line end. */
export function verifierKeyText({ name, id, type, publicKey }: VerifierKey): string {
  const material = Buffer.concat([Buffer.from([type]), publicKey]);
  return `${name}+${id.toString('hex')}+${material.toString('base64')}`;
}
