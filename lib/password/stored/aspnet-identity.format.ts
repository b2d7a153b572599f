import { decodeBase64 } from '../../common/encoding.js';
import type { PasswordCeilings } from '../password-ceilings.js';
import { pbkdf2Hash } from './pbkdf2-hash.js';
import type { StoredFormat, StoredHash, StoredProblem } from './stored-hash.js';

// A byte 0x01 and a number of four bytes below three always begin like this in base64.
const VERSION_3 = /^AQAAAA[A-L]/;
// A byte 0x00 and 48 more. Nothing else tells that it is a hash, so the whole of it has to fit.
const VERSION_2 = /^A[A-P][A-Za-z0-9+/]{64}==$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** The hashes by the number that stands for each. */
const HASHES = ['sha1', 'sha256', 'sha512'] as const;
const OFFSETS = { prf: 1, iterations: 5, saltBytes: 9, salt: 13 };
const MIN_SALT_BYTES = 16;
const MIN_DIGEST_BYTES = 16;
/** What version 2 does not write down. */
const OLD = { iterations: 1000, salt: 1, digest: 17 };

/**
 * What ASP.NET Core Identity writes, version 3: the base64 of a byte 0x01, then the number of the hash, the
 * iterations and the length of the salt as four bytes each, big-endian, then the salt and the digest. Version
 * 2, of ASP.NET Identity before: a byte 0x00, 16 bytes of salt, 32 of PBKDF2-HMAC-SHA1 with 1,000 iterations.
 */
export const ASPNET_IDENTITY_FORMAT: StoredFormat = {
  claims: (stored) => VERSION_3.test(stored) || VERSION_2.test(stored),
  read(stored, ceilings) {
    const bytes = BASE64.test(stored) ? decodeBase64(stored) : undefined;
    if (!bytes) return 'malformed';
    return VERSION_2.test(stored) ? readVersion2(bytes, ceilings) : readVersion3(bytes, ceilings);
  },
};

function readVersion2(bytes: Buffer, ceilings: PasswordCeilings): StoredHash | StoredProblem {
  const salt = bytes.subarray(OLD.salt, OLD.digest);
  const digest = bytes.subarray(OLD.digest);
  const { iterations } = OLD;
  return pbkdf2Hash(
    { format: 'aspnet-identity', hash: 'sha1', iterations, salt, digest },
    ceilings,
  );
}

function readVersion3(bytes: Buffer, ceilings: PasswordCeilings): StoredHash | StoredProblem {
  if (bytes.length < OFFSETS.salt) return 'malformed';
  const hash = HASHES[bytes.readUInt32BE(OFFSETS.prf)];
  const iterations = bytes.readUInt32BE(OFFSETS.iterations);
  const saltBytes = bytes.readUInt32BE(OFFSETS.saltBytes);
  const salt = bytes.subarray(OFFSETS.salt, OFFSETS.salt + saltBytes);
  const digest = bytes.subarray(OFFSETS.salt + saltBytes);
  if (!hash || iterations === 0) return 'malformed';
  if (saltBytes < MIN_SALT_BYTES || digest.length < MIN_DIGEST_BYTES) return 'malformed';
  return pbkdf2Hash({ format: 'aspnet-identity', hash, iterations, salt, digest }, ceilings);
}
