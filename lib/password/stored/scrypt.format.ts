import { decodeUnpaddedBase64, encodeUnpaddedBase64 } from '../../common/encoding.js';
import { computeScrypt, type ScryptParameters } from '../../key-derivation/scrypt.js';
import type { PasswordCeilings } from '../password-ceilings.js';
import type { PasswordFormat, StoredFormat, StoredHash, StoredProblem } from './stored-hash.js';

const BEGINNING = '$scrypt$ln=';
const FORM =
  /^\$scrypt\$ln=([1-9][0-9]?),r=([1-9][0-9]{0,9}),p=([1-9][0-9]{0,9})\$([^$]*)\$([^$]+)$/;
const MAX_SALT_BYTES = 64;
const DIGEST_BYTES = { min: 16, max: 64 };
/** RFC 7914 allows less than 2^30 for r times p. */
const MAX_BLOCKS = 2 ** 30 - 1;
const MAX_EXPONENT = 31;

/** What decides a scrypt hash, and what it has to be. */
export interface ScryptHash {
  readonly parameters: Required<ScryptParameters>;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

/** scrypt as Python's passlib writes it: `$scrypt$ln=17,r=8,p=1$<salt>$<digest>`, unpadded base64. */
export const SCRYPT_FORMAT: StoredFormat = {
  claims: (stored) => stored.startsWith(BEGINNING),
  read(stored, rules) {
    const [, ln = '', r = '', p = '', saltText = '', digestText = ''] = FORM.exec(stored) ?? [];
    const exponent = Number(ln);
    const salt = decodeUnpaddedBase64(saltText);
    const digest = decodeUnpaddedBase64(digestText);
    if (!salt || !digest || exponent < 1 || exponent > MAX_EXPONENT) return 'malformed';
    const parameters = { N: 2 ** exponent, r: Number(r), p: Number(p) };
    return scryptHash({ parameters, salt, digest }, rules, 'native');
  },
};

/** Writes the form that {@link SCRYPT_FORMAT} reads. */
export function formatScrypt({ parameters: { N, r, p }, salt, digest }: ScryptHash): string {
  return `$scrypt$ln=${Math.log2(N)},r=${r},p=${p}$${encodeUnpaddedBase64(salt)}$${encodeUnpaddedBase64(digest)}`;
}

/** A scrypt hash of whatever layout, judged: N a power of two, everything within the ceilings. */
export function scryptHash(
  { parameters, salt, digest }: ScryptHash,
  ceilings: PasswordCeilings,
  format: PasswordFormat,
): StoredHash | StoredProblem {
  const { N, r, p } = parameters;
  const isPossible = N >= 2 && Number.isInteger(Math.log2(N)) && r >= 1 && p >= 1;
  if (!isPossible || r * p > MAX_BLOCKS || salt.length > MAX_SALT_BYTES) return 'malformed';
  if (digest.length < DIGEST_BYTES.min || digest.length > DIGEST_BYTES.max) return 'malformed';
  const memoryKiB = Math.ceil((128 * r * (N + p)) / 1024);
  if ((128 * N * r) / 1024 > ceilings.scryptMemoryKiB || p > ceilings.scryptParallelism)
    return 'out-of-bounds';
  return {
    scheme: 'scrypt',
    format,
    parameters: { N, r, p },
    saltBytes: salt.length,
    digest,
    memoryKiB,
    isCanonical: true,
    compute: ({ bytes }) => computeScrypt(bytes, salt, parameters, digest.length),
  };
}
