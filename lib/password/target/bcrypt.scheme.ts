import { randomBytes } from 'node:crypto';
import { BCRYPT_MAX_BYTES, computeBcrypt } from '../backend/bcrypt-backend.js';
import type { PasswordText } from '../password-text.js';
import { encodeBcryptBase64 } from '../stored/bcrypt-base64.js';
import { bcryptSha256Input } from '../stored/bcrypt-sha256.format.js';
import { formatPeppered, pepperedText } from '../stored/peppered.format.js';
import { parameter, unusable, type CreatingScheme } from './creating-scheme.js';

const SALT_BYTES = 16;
const COMMON = {
  digestBytes: 23,
  floor: { cost: 10 },
  rank: 2,
  strength: (parameters) => 2 ** parameter(parameters, 'cost'),
  // The tables of Blowfish.
  memoryKiB: () => 5,
  scaled: (parameters, share) => ({
    cost: Math.max(4, Math.round(parameter(parameters, 'cost') + Math.log2(share))),
  }),
} satisfies Partial<CreatingScheme>;

/** bcrypt, `$2b$`: of a peppered password, or of one that bcrypt takes as a whole. */
export const BCRYPT_SCHEME: CreatingScheme = {
  ...COMMON,
  async create(password, { parameters, pepper }) {
    const cost = parameter(parameters, 'cost');
    const salt = randomBytes(SALT_BYTES);
    const input = pepper ? pepperedText(password, pepper.key).bytes : wholeInput(password);
    const digest = await computeBcrypt(input, cost, salt);
    const text = `$2b$${twoDigits(cost)}$${encodeBcryptBase64(salt)}${encodeBcryptBase64(digest)}`;
    return pepper ? formatPeppered(pepper.id, text) : text;
  },
};

/** bcrypt over HMAC-SHA256 of the password, as passlib's `bcrypt_sha256`: for passwords of any length. */
export const BCRYPT_SHA256_SCHEME: CreatingScheme = {
  ...COMMON,
  async create(password, { parameters, pepper }) {
    const cost = parameter(parameters, 'cost');
    const salt = randomBytes(SALT_BYTES);
    const input = pepper ? pepperedText(password, pepper.key) : password;
    const digest = await computeBcrypt(bcryptSha256Input(input, salt), cost, salt);
    const text = `$bcrypt-sha256$v=2,t=2b,r=${cost}$${encodeBcryptBase64(salt)}$${encodeBcryptBase64(digest)}`;
    return pepper ? formatPeppered(pepper.id, text) : text;
  },
};

function wholeInput({ bytes }: PasswordText): Buffer {
  if (bytes.length > BCRYPT_MAX_BYTES) {
    throw unusable(
      'a password of more than 72 bytes cannot be hashed with bcrypt, which would cut it: use scheme bcrypt-sha256',
    );
  }
  if (bytes.includes(0)) {
    throw unusable('a password with a zero byte cannot be hashed with bcrypt, which may end there');
  }
  return bytes;
}

function twoDigits(cost: number): string {
  return String(cost).padStart(2, '0');
}
