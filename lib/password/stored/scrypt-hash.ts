import { computeScrypt } from '../../key-derivation/scrypt.js';
import type { PasswordCeilings } from '../password-ceilings.js';
import type { PasswordText } from '../password-text.js';
import type { PasswordFormat, StoredHash, StoredProblem } from './stored-hash.js';

const BLOCK_BYTES = 128;
const KIB = 1024;
/** RFC 7914 wants N below 2 to the power of 16 x r, which only r=1 makes a bound that is met. */
const N_BOUND_OF_R1 = 2 ** 16;

/** A stored scrypt hash, taken apart. */
export interface ScryptParts {
  readonly format: PasswordFormat;
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly digest: Buffer;
  /** Gives what is hashed; the bytes of the password, when absent. */
  readonly prepare?: (password: PasswordText) => Buffer;
}

/**
 * A scrypt hash (RFC 7914) of the password: `malformed` for an N that scrypt does not know, `out-of-bounds`
 * when it would fill too much memory or take too long.
 *
 * @param parts `r` and `p` are 1 at least
 */
export function scryptHash(
  { format, N, r, p, salt, digest, prepare }: ScryptParts,
  ceilings: PasswordCeilings,
): StoredHash | StoredProblem {
  if (N < 2 || !Number.isInteger(Math.log2(N)) || (r === 1 && N >= N_BOUND_OF_R1))
    return 'malformed';
  // The blocks of all lanes are held at once, beside the memory that one lane fills.
  const kibOf = (count: number) => (BLOCK_BYTES * r * count) / KIB;
  const isTooLarge = Math.max(kibOf(N), kibOf(p)) > ceilings.scryptMemoryKiB;
  if (isTooLarge || p > ceilings.scryptParallelism) return 'out-of-bounds';
  return {
    scheme: 'scrypt',
    format,
    parameters: { N, r, p },
    saltBytes: salt.length,
    digest,
    memoryKiB: Math.ceil(kibOf(N + p)),
    isCanonical: true,
    compute: (password) =>
      computeScrypt(prepare?.(password) ?? password.bytes, salt, { N, r, p }, digest.length),
  };
}
