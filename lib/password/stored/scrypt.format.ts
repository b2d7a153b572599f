import { decodeUnpaddedBase64, encodeUnpaddedBase64 } from '../../common/encoding.js';
import { scryptHash, type ScryptParts } from './scrypt-hash.js';
import type { StoredFormat } from './stored-hash.js';

const BEGINNING = '$scrypt$ln=';
const FORM =
  /^\$scrypt\$ln=([1-9][0-9]?),r=([1-9][0-9]{0,9}),p=([1-9][0-9]{0,9})\$([^$]*)\$([^$]+)$/;
const MAX_SALT_BYTES = 64;
const DIGEST_BYTES = { min: 16, max: 64 };
/** RFC 7914 allows less than 2^30 for r times p. */
const MAX_BLOCKS = 2 ** 30 - 1;
const MAX_EXPONENT = 31;

/** scrypt as Python's passlib writes it: `$scrypt$ln=17,r=8,p=1$<salt>$<digest>`, unpadded base64. */
export const SCRYPT_FORMAT: StoredFormat = {
  claims: (stored) => stored.startsWith(BEGINNING),
  read(stored, rules) {
    const [, ln = '', rText, pText, saltText = '', digestText = ''] = FORM.exec(stored) ?? [];
    const exponent = Number(ln);
    const salt = decodeUnpaddedBase64(saltText);
    const digest = decodeUnpaddedBase64(digestText);
    if (!salt || !digest || exponent < 1 || exponent > MAX_EXPONENT) return 'malformed';
    const [r, p] = [Number(rText), Number(pText)];
    if (r * p > MAX_BLOCKS || salt.length > MAX_SALT_BYTES) return 'malformed';
    if (digest.length < DIGEST_BYTES.min || digest.length > DIGEST_BYTES.max) return 'malformed';
    return scryptHash({ format: 'native', N: 2 ** exponent, r, p, salt, digest }, rules);
  },
};

/** Writes the form that {@link SCRYPT_FORMAT} reads. */
export function formatScrypt({
  N,
  r,
  p,
  salt,
  digest,
}: Omit<ScryptParts, 'format' | 'prepare'>): string {
  return `$scrypt$ln=${Math.log2(N)},r=${r},p=${p}$${encodeUnpaddedBase64(salt)}$${encodeUnpaddedBase64(digest)}`;
}
