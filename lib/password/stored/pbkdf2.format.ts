import { decodeUnpaddedBase64, encodeUnpaddedBase64 } from '../../common/encoding.js';
import { pbkdf2Hash, type Pbkdf2Parts } from './pbkdf2-hash.js';
import type { StoredFormat } from './stored-hash.js';

const BEGINNING = /^\$pbkdf2(?:-sha256|-sha512)?\$/;
const FORM = /^\$pbkdf2(-sha256|-sha512)?\$([1-9][0-9]{0,9})\$([^$+]*)\$([^$+]+)$/;
const MAX_UINT32 = 0xff_ff_ff_ff;
const MAX_SALT_BYTES = 1024;
const DIGEST_BYTES = { min: 16, max: 64 };

/**
 * PBKDF2 (RFC 8018) as Python's passlib writes it: `$pbkdf2-sha256$600000$<salt>$<digest>`, unpadded base64
 * with `.` for `+`.
 */
export const PBKDF2_FORMAT: StoredFormat = {
  claims: (stored) => BEGINNING.test(stored),
  read(stored, rules) {
    const [, name = '-sha1', iterations = '', saltText = '', digestText = ''] =
      FORM.exec(stored) ?? [];
    const salt = decodeUnpaddedBase64(saltText.replaceAll('.', '+'));
    const digest = decodeUnpaddedBase64(digestText.replaceAll('.', '+'));
    if (!salt || !digest || Number(iterations) > MAX_UINT32) return 'malformed';
    if (salt.length > MAX_SALT_BYTES) return 'malformed';
    if (digest.length < DIGEST_BYTES.min || digest.length > DIGEST_BYTES.max) return 'malformed';
    const hash = name === '-sha1' ? 'sha1' : name === '-sha256' ? 'sha256' : 'sha512';
    return pbkdf2Hash(
      { format: 'native', hash, iterations: Number(iterations), salt, digest },
      rules,
    );
  },
};

/** Writes the form that {@link PBKDF2_FORMAT} reads. */
export function formatPbkdf2({
  hash,
  iterations,
  salt,
  digest,
}: Omit<Pbkdf2Parts, 'format'>): string {
  const encode = (bytes: Buffer): string => encodeUnpaddedBase64(bytes).replaceAll('+', '.');
  const name = hash === 'sha1' ? 'pbkdf2' : `pbkdf2-${hash}`;
  return `$${name}$${iterations}$${encode(salt)}$${encode(digest)}`;
}
