import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import { decodeBase64Url } from '../../../common/encoding.js';
import { PUBLIC_KEY_BYTES, verifierKey } from './verifier-key.js';

/** Who signs a note. */
export interface NoteSigner {
  /** The key name that the signature is put under. */
  readonly name: string;
  /** The key id, 4 bytes. */
  readonly id: Buffer;
  /** Signs the bytes of a note's text. */
  sign(text: Buffer): Buffer;
}

/**
 * Signs notes with an Ed25519 key (signature type 1).
 *
 * @param name the key name
 * @param privateKey an Ed25519 private key
 * @throws TypeError when the name or the key is unfit
 * @example
 * signNote(text, [noteSigner('example.com/log', privateKey)]);
 */
export function noteSigner(name: string, privateKey: KeyObject): NoteSigner {
  if (privateKey.type !== 'private') throw new TypeError('a note is signed with a private key');
  const { id } = verifierKey(name, rawPublicKey(privateKey));
  return { name, id, sign: (text) => sign(null, text, privateKey) };
}

/**
 * The 32 bytes of an Ed25519 public key, RFC 8032.
 *
 * @param key a public key, or a private key whose public half is meant
 * @throws TypeError when it is no Ed25519 key
 */
export function rawPublicKey(key: KeyObject): Buffer {
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('the key must be an Ed25519 key');
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const raw = decodeBase64Url(publicKey.export({ format: 'jwk' }).x ?? '');
  if (!raw) throw new TypeError('the key must be an Ed25519 key');
  return raw;
}

/**
 * The key object of an Ed25519 public key.
 *
 * @param raw the key, 32 bytes
 * @throws TypeError when it has another length
 */
export function publicKeyOf(raw: Buffer): KeyObject {
  if (raw.length !== PUBLIC_KEY_BYTES) throw new TypeError('the public key must have 32 bytes');
  const x = raw.toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}
