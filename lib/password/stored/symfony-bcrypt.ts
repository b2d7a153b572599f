import { hash as digestOf } from 'node:crypto';
import { BCRYPT_MAX_BYTES } from '../backend/bcrypt-backend.js';
import type { PasswordText } from '../password-text.js';

/**
 * What Symfony's NativePasswordHasher gives to bcrypt: the password itself, or the base64 of its SHA-512 when
 * it has more than 72 bytes or holds a NUL. Of the 88 characters of that, the 72 that take part.
 */
export function symfonyBcryptInput({ bytes }: PasswordText): Buffer {
  if (bytes.length <= BCRYPT_MAX_BYTES && !bytes.includes(0)) return bytes;
  return Buffer.from(digestOf('sha512', bytes, 'base64')).subarray(0, BCRYPT_MAX_BYTES);
}
