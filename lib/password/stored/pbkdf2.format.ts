import { decodeUnpaddedBase64, encodeUnpaddedBase64 } from '../../common/encoding.js';
import { computePbkdf2 } from '../../key-derivation/pbkdf2.js';
import type { PasswordCeilings } from '../password-ceilings.js';
import type { PasswordFormat, StoredFormat, StoredHash, StoredProblem } from './stored-hash.js';

const BEGINNING = /^\$pbkdf2(?:-sha256|-sha512)?\$/;
const FORM = /^\$pbkdf2(-sha256|-sha512)?\$([1-9][0-9]{0,9})\$([^$+]*)\$([^$+]+)$/;
const MAX_UINT32 = 0xff_ff_ff_ff;
const MAX_SALT_BYTES = 1024;
const DIGEST_BYTES = { min: 16, max: 64 };
/** Of each hash, the bytes of one block: all iterations are done anew for the next one. */
const BLOCK_BYTES = { sha1: 20, sha256: 32, sha512: 64 };

/** What decides a PBKDF2 hash, and what it has to be. */
export interface Pbkdf2Hash {
  readonly hash: 'sha1' | 'sha256' | 'sha512';
  readonly iterations: number;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

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
    if (!salt || !digest || iterations === '') return 'malformed';
    const hash = name === '-sha1' ? 'sha1' : name === '-sha256' ? 'sha256' : 'sha512';
    return pbkdf2Hash({ hash, iterations: Number(iterations), salt, digest }, rules, 'native');
  },
};

/** Writes the form that {@link PBKDF2_FORMAT} reads. */
export function formatPbkdf2({ hash, iterations, salt, digest }: Pbkdf2Hash): string {
  const encode = (bytes: Buffer): string => encodeUnpaddedBase64(bytes).replaceAll('+', '.');
  const name = hash === 'sha1' ? 'pbkdf2' : `pbkdf2-${hash}`;
  return `$${name}$${iterations}$${encode(salt)}$${encode(digest)}`;
}

/** A PBKDF2 hash of whatever layout, judged: everything within the ceilings. */
export function pbkdf2Hash(
  { hash, iterations, salt, digest }: Pbkdf2Hash,
  ceilings: PasswordCeilings,
  format: PasswordFormat,
): StoredHash | StoredProblem {
  if (iterations < 1 || iterations > MAX_UINT32 || salt.length > MAX_SALT_BYTES) return 'malformed';
  if (digest.length < DIGEST_BYTES.min || digest.length > DIGEST_BYTES.max) return 'malformed';
  const work = iterations * Math.ceil(digest.length / BLOCK_BYTES[hash]);
  if (work > ceilings.pbkdf2Iterations) return 'out-of-bounds';
  return {
    scheme: `pbkdf2-${hash}`,
    format,
    parameters: { iterations },
    saltBytes: salt.length,
    digest,
    memoryKiB: 1,
    isCanonical: true,
    compute: ({ bytes }) => computePbkdf2(bytes, salt, iterations, digest.length, hash),
  };
}
