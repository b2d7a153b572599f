import { BCRYPT_MAX_BYTES, computeBcrypt } from '../backend/bcrypt-backend.js';
import type { PasswordText } from '../password-text.js';
import { encodeBcryptBase64 } from '../stored/bcrypt-base64.js';
import { bcryptSha256Input } from '../stored/bcrypt-sha256.format.js';
import { formatPeppered, pepperedText } from '../stored/peppered.format.js';
import { parameter, unusable, type CreatingScheme } from './creating-scheme.js';

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
  async compute(password, { parameters, salt, pepper }) {
    const input = pepper ? pepperedText(password, pepper.key).bytes : wholeInput(password);
    return computeBcrypt(input, parameter(parameters, 'cost'), salt);
  },
  write({ parameters, salt, pepper }, digest) {
    const cost = String(parameter(parameters, 'cost')).padStart(2, '0');
    const text = `$2b$${cost}$${encodeBcryptBase64(salt)}${encodeBcryptBase64(digest)}`;
    return formatPeppered(pepper?.id, text);
  },
};

/** bcrypt over HMAC-SHA256 of the password, as passlib's `bcrypt_sha256`: for passwords of any length. */
export const BCRYPT_SHA256_SCHEME: CreatingScheme = {
  ...COMMON,
  compute(password, { parameters, salt, pepper }) {
    const input = pepper ? pepperedText(password, pepper.key) : password;
    return computeBcrypt(bcryptSha256Input(input, salt), parameter(parameters, 'cost'), salt);
  },
  write({ parameters, salt, pepper }, digest) {
    const head = `$bcrypt-sha256$v=2,t=2b,r=${parameter(parameters, 'cost')}`;
    const text = `${head}$${encodeBcryptBase64(salt)}$${encodeBcryptBase64(digest)}`;
    return formatPeppered(pepper?.id, text);
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
