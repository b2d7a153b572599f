import { createHash, createHmac } from 'node:crypto';
import type { PasswordText } from '../password-text.js';
import { encodeBcryptBase64 } from './bcrypt-base64.js';
import { bcryptHash, parseBcrypt } from './bcrypt.format.js';
import type { StoredFormat } from './stored-hash.js';

const BEGINNING = '$bcrypt-sha256$';
const VERSION_2 =
  /^\$bcrypt-sha256\$v=2,t=(2b),r=([1-9][0-9]?)\$([./A-Za-z0-9]{22})\$([./A-Za-z0-9]{31})$/;
const VERSION_1 =
  /^\$bcrypt-sha256\$(2[ab]),([1-9][0-9]?)\$([./A-Za-z0-9]{22})\$([./A-Za-z0-9]{31})$/;

/**
 * bcrypt over a digest of the password, so that all of a long one takes part, as Python's passlib writes it:
 * `$bcrypt-sha256$v=2,t=2b,r=12$<salt>$<digest>`, and its version 1.
 */
export const BCRYPT_SHA256_FORMAT: StoredFormat = {
  claims: (stored) => stored.startsWith(BEGINNING),
  read(stored, rules) {
    const second = VERSION_2.exec(stored);
    const [, , cost = '', salt = '', digest = ''] = second ?? VERSION_1.exec(stored) ?? [];
    const parts = parseBcrypt(`$2b$${cost.padStart(2, '0')}$${salt}${digest}`);
    if (!parts) return 'malformed';
    return bcryptHash({ ...parts, isCanonical: parts.isCanonical && second !== null }, rules, {
      format: 'native',
      scheme: 'bcrypt-sha256',
      prepare: second ? (password) => bcryptSha256Input(password, parts.salt) : sha256Input,
    });
  },
};

/** What version 2 gives to bcrypt: base64 of HMAC-SHA256 under the salt as it is written, 44 characters. */
export function bcryptSha256Input({ bytes }: PasswordText, salt: Buffer): Buffer {
  const key = encodeBcryptBase64(salt);
  return Buffer.from(createHmac('sha256', key).update(bytes).digest('base64'), 'ascii');
}

function sha256Input({ bytes }: PasswordText): Buffer {
  return Buffer.from(createHash('sha256').update(bytes).digest('base64'), 'ascii');
}
