import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { decodeBase64Url } from '../../../common/encoding.js';

/** The longest value, as JSON in UTF-8, in bytes. */
export const MAX_PERSONAL_BYTES = 4096;

const VERSION = 's1';
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MAX_BOX_CHARACTERS = Math.ceil(((NONCE_BYTES + MAX_PERSONAL_BYTES + TAG_BYTES) * 4) / 3);
const TOKEN = /^s1\.([\w-]{22})\.([\w-]+)$/;
const MAX_TOKEN = `${VERSION}..`.length + 22 + MAX_BOX_CHARACTERS;

/** Personal data as a record holds it, taken apart. Nothing has proved any of it yet. */
export interface PersonalToken {
  /** The name of the subject's key, which tells nobody whose it is. */
  readonly name: string;
  /** The nonce, the encrypted value and the tag. */
  readonly box: Buffer;
}

/** How long the token of a value of so many bytes is, in characters. */
export function personalTokenLength(bytes: number): number {
  const box = NONCE_BYTES + bytes + TAG_BYTES;
  return `${VERSION}..`.length + 22 + Math.ceil((box * 4) / 3);
}

/**
 * Encrypts a text under a subject's key: `s1.<name>.<base64url>` of 12 bytes of nonce, the AES-256-GCM
 * ciphertext and 16 bytes of tag. The associated data is ASCII `s1.<name>`, so that no token can be passed off
 * as another subject's.
 */
export function sealPersonal(
  text: string,
  { name, key }: { name: string; key: KeyObject },
): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(name));
  const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return `${VERSION}.${name}.${Buffer.concat(sealed).toString('base64url')}`;
}

/**
 * Takes a token apart. Its length is looked at first.
 *
 * @param token anything at all
 * @returns `undefined` for whatever is not spelt exactly so
 */
export function parsePersonal(token: unknown): PersonalToken | undefined {
  if (typeof token !== 'string' || token.length > MAX_TOKEN) return undefined;
  const [, name, text = ''] = TOKEN.exec(token) ?? [];
  const box = decodeBase64Url(text);
  if (name === undefined || !box || box.length < NONCE_BYTES + TAG_BYTES) return undefined;
  return { name, box };
}

/** The text of a token; `undefined` when the key is another one, or the token was changed. */
export function openPersonal({ name, box }: PersonalToken, key: KeyObject): string | undefined {
  const end = box.length - TAG_BYTES;
  const nonce = box.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(name));
  decipher.setAuthTag(box.subarray(end));
  const text = decipher.update(box.subarray(NONCE_BYTES, end));
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function associatedData(name: string): Buffer {
  return Buffer.from(`${VERSION}.${name}`, 'ascii');
}
