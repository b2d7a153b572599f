import { createHmac } from 'node:crypto';
import type { PasswordText } from '../password-text.js';
import { bcryptHash, parseBcrypt } from './bcrypt.format.js';
import type { StoredFormat } from './stored-hash.js';

const PREFIX = '$wp';
/** A constant that every WordPress has, so no secret: it keeps these digests apart from others. */
const HMAC_KEY = 'wp-sha384';
/** What PHP's `trim` cuts off: space, tab, line feed, carriage return, NUL and vertical tab. */
const WHITE_SPACE: readonly number[] = [0x20, 0x09, 0x0a, 0x0d, 0x00, 0x0b];

/**
 * What WordPress writes since version 6.8: `$wp` before a bcrypt text, made of the base64 of an HMAC-SHA-384
 * of the password. Like WordPress, it cuts white space off both ends of the password first.
 */
export const WORDPRESS_FORMAT: StoredFormat = {
  claims: (stored) => stored.startsWith(`${PREFIX}$`),
  read(stored, ceilings) {
    const parts = parseBcrypt(stored.slice(PREFIX.length));
    if (!parts) return 'malformed';
    return bcryptHash(parts, ceilings, {
      format: 'wordpress',
      scheme: 'bcrypt',
      prepare: wordpressBcryptInput,
    });
  },
};

function wordpressBcryptInput({ bytes }: PasswordText): Buffer {
  return Buffer.from(createHmac('sha384', HMAC_KEY).update(trimmed(bytes)).digest('base64'));
}

function trimmed(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => !WHITE_SPACE.includes(byte));
  const end = bytes.findLastIndex((byte) => !WHITE_SPACE.includes(byte));
  return start < 0 ? Buffer.alloc(0) : bytes.subarray(start, end + 1);
}
