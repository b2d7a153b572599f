import { hashWithArgon2 } from '../backend/argon2-hash.js';
import type { PasswordCeilings } from '../password-ceilings.js';
import { formatArgon2, parseArgon2, type Argon2Hash } from './argon2-phc.js';
import type {
  PasswordFormat,
  ReadingRules,
  StoredFormat,
  StoredHash,
  StoredProblem,
} from './stored-hash.js';

const BEGINNING = /^\$argon2(?:id|i|d)\$/;

/** Argon2 as PHC strings spell it (RFC 9106): Python, PHP, Laravel, libsodium, npm, and this package. */
export const ARGON2_FORMAT: StoredFormat = {
  claims: (stored) => BEGINNING.test(stored),
  read: (stored, rules) => readArgon2(stored, rules, 'native'),
};

/** Reads an Argon2 string that may stand within the layout of other software. */
export function readArgon2(
  stored: string,
  rules: ReadingRules,
  format: PasswordFormat,
): StoredHash | StoredProblem {
  const parsed = parseArgon2(stored);
  if (!parsed || parsed.memoryKiB < 8 * parsed.parallelism) return 'malformed';
  if (isBeyond(parsed, rules)) return 'out-of-bounds';
  const { variant, version, memoryKiB, timeCost, parallelism, keyId, salt, hash } = parsed;
  return {
    scheme: variant,
    format,
    parameters: { memoryKiB, timeCost, parallelism, version },
    saltBytes: salt.length,
    digest: hash,
    memoryKiB,
    isCanonical: formatArgon2(parsed) === stored,
    pepperId: keyId,
    compute: (password, pepper) =>
      hashWithArgon2(
        password.bytes,
        { ...parsed, hashBytes: hash.length, secret: pepper?.export() },
        rules.argon2Backend,
      ),
  };
}

function isBeyond(
  { memoryKiB, timeCost, parallelism }: Argon2Hash,
  ceilings: PasswordCeilings,
): boolean {
  return (
    memoryKiB > ceilings.argon2MemoryKiB ||
    timeCost > ceilings.argon2TimeCost ||
    parallelism > ceilings.argon2Parallelism ||
    memoryKiB * timeCost > ceilings.argon2MemoryKiBPasses
  );
}
