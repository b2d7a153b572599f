import { decodeUnpaddedBase64 } from '../../common/encoding.js';
import type { PasswordCeilings } from '../password-ceilings.js';
import { bcryptHash } from './bcrypt.format.js';
import { scryptHash } from './scrypt-hash.js';
import type { StoredFormat, StoredHash, StoredProblem } from './stored-hash.js';

const BEGINNING = /^(\$bcrypt\$|\$scrypt\$n=)/;
const BCRYPT =
  /^\$bcrypt\$(?:v=(97|98)\$)?r=([1-9][0-9]?)\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{31})$/;
const SCRYPT =
  /^\$scrypt\$n=([1-9][0-9]{0,9}),r=([1-9][0-9]{0,9}),p=([1-9][0-9]{0,9})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const BCRYPT_DIGEST_BYTES = 23;
const COSTS = { min: 4, max: 31 };
/** The number of the letter `b`, as in `2b`. */
const VERSION_B = '98';
const MIN_SALT_BYTES = 8;
const DIGEST_BYTES = { min: 64, max: 128 };

/**
 * What AdonisJS writes as PHC strings of its own: `$bcrypt$v=98$r=<cost>$<salt>$<digest>` and
 * `$scrypt$n=<N>,r=<r>,p=<p>$<salt>$<digest>`, in base64 without padding. Its Argon2 strings are those of
 * everyone.
 */
export const ADONIS_FORMAT: StoredFormat = {
  claims: (stored) => BEGINNING.test(stored),
  read: (stored, ceilings) =>
    stored.startsWith('$bcrypt$') ? readBcrypt(stored, ceilings) : readScrypt(stored, ceilings),
};

function readBcrypt(stored: string, ceilings: PasswordCeilings): StoredHash | StoredProblem {
  const [, version, costText, saltText = '', digestText = ''] = BCRYPT.exec(stored) ?? [];
  const [salt, digest] = [decodeUnpaddedBase64(saltText), decodeUnpaddedBase64(digestText)];
  const cost = Number(costText);
  if (!salt || digest?.length !== BCRYPT_DIGEST_BYTES) return 'malformed';
  if (cost < COSTS.min || cost > COSTS.max) return 'malformed';
  const parts = { cost, salt, digest, isCanonical: version === VERSION_B };
  return bcryptHash(parts, ceilings, { format: 'adonis', scheme: 'bcrypt' });
}

function readScrypt(stored: string, ceilings: PasswordCeilings): StoredHash | StoredProblem {
  const [, N, r, p, saltText = '', digestText = ''] = SCRYPT.exec(stored) ?? [];
  const [salt, digest] = [decodeUnpaddedBase64(saltText), decodeUnpaddedBase64(digestText)];
  if (!salt || !digest || salt.length < MIN_SALT_BYTES) return 'malformed';
  if (digest.length < DIGEST_BYTES.min || digest.length > DIGEST_BYTES.max) return 'malformed';
  return scryptHash(
    { format: 'adonis', N: Number(N), r: Number(r), p: Number(p), salt, digest },
    ceilings,
  );
}
