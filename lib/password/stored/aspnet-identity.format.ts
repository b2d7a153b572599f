import { decodeBase64 } from '../../common/encoding.js';
import type { PasswordCeilings } from '../password-ceilings.js';
import { pbkdf2Hash } from './pbkdf2-hash.js';
import type { StoredFormat, StoredHash, StoredProblem } from './stored-hash.js';

// A byte 0x01 and a small number of four bytes always begin like this in base64.
const BEGINNING = /^AQAAAA[A-L]/;
const FORM = /^[A-Za-z0-9+/]+={0,2}$/;
/** The hashes by the number that stands for each. */
const HASHES = ['sha1', 'sha256', 'sha512'] as const;
const OFFSETS = { prf: 1, iterations: 5, saltBytes: 9, salt: 13 };
const MIN_SALT_BYTES = 16;
const MIN_DIGEST_BYTES = 16;

/**
 * What ASP.NET Core Identity writes, version 3: the base64 of a byte 0x01, then the number of the hash, the
 * iterations and the length of the salt as four bytes each, big-endian, then the salt and the digest.
 */
export const ASPNET_IDENTITY_FORMAT: StoredFormat = {
  claims: (stored) => BEGINNING.test(stored),
  read(stored, ceilings) {
    const bytes = FORM.test(stored) ? decodeBase64(stored) : undefined;
    if (!bytes || bytes.length < OFFSETS.salt) return 'malformed';
    return readVersion3(bytes, ceilings);
  },
};

function readVersion3(bytes: Buffer, ceilings: PasswordCeilings): StoredHash | StoredProblem {
  const hash = HASHES[bytes.readUInt32BE(OFFSETS.prf)];
  const iterations = bytes.readUInt32BE(OFFSETS.iterations);
  const saltBytes = bytes.readUInt32BE(OFFSETS.saltBytes);
  const salt = bytes.subarray(OFFSETS.salt, OFFSETS.salt + saltBytes);
  const digest = bytes.subarray(OFFSETS.salt + saltBytes);
  if (!hash || iterations === 0) return 'malformed';
  if (saltBytes < MIN_SALT_BYTES || digest.length < MIN_DIGEST_BYTES) return 'malformed';
  return pbkdf2Hash({ format: 'aspnet-identity', hash, iterations, salt, digest }, ceilings);
}
