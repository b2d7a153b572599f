import { computePbkdf2 } from '../../key-derivation/pbkdf2.js';
import type { PasswordCeilings } from '../password-ceilings.js';
import type { PasswordFormat, StoredHash, StoredProblem } from './stored-hash.js';

/** How many bytes one block of PBKDF2 gives, for each hash beneath it. */
export const PBKDF2_BLOCK_BYTES = Object.freeze({ sha1: 20, sha256: 32, sha512: 64 });

/** The little memory that PBKDF2 takes. */
const MEMORY_KIB = 1;

/** A stored PBKDF2 hash, taken apart. */
export interface Pbkdf2Parts {
  readonly format: PasswordFormat;
  /** The hash that HMAC is made of. */
  readonly hash: keyof typeof PBKDF2_BLOCK_BYTES;
  readonly iterations: number;
  readonly salt: Buffer;
  readonly digest: Buffer;
  /** @default true */
  readonly isCanonical?: boolean;
}

/** A PBKDF2 hash (RFC 8018) of the password; `out-of-bounds` when iterations times blocks are too many. */
export function pbkdf2Hash(
  { format, hash, iterations, salt, digest, isCanonical = true }: Pbkdf2Parts,
  ceilings: PasswordCeilings,
): StoredHash | StoredProblem {
  const blocks = Math.ceil(digest.length / PBKDF2_BLOCK_BYTES[hash]);
  if (iterations * blocks > ceilings.pbkdf2Iterations) return 'out-of-bounds';
  return {
    scheme: `pbkdf2-${hash}`,
    format,
    parameters: { iterations },
    saltBytes: salt.length,
    digest,
    memoryKiB: MEMORY_KIB,
    isCanonical,
    compute: ({ bytes }) => computePbkdf2(bytes, salt, iterations, digest.length, hash),
  };
}
