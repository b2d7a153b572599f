import type { PasswordCeilings } from '../password-ceilings.js';
import type { PasswordText } from '../password-text.js';
import { BCRYPT_MAX_BYTES, computeBcrypt } from '../backend/bcrypt-backend.js';
import { decodeBcryptDigest, decodeBcryptSalt, encodeBcryptBase64 } from './bcrypt-base64.js';
import { symfonyBcryptInput } from './symfony-bcrypt.js';
import type { PasswordFormat, StoredFormat, StoredHash, StoredProblem } from './stored-hash.js';

const BEGINNING = /^\$2[aby]\$/;
const FORM = /^\$(2[aby])\$([0-3][0-9])\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;
const COSTS = { min: 4, max: 31 };
/** The little memory that Blowfish takes. */
const MEMORY_KIB = 5;

/** The parts of `$2b$<cost>$<22 characters of salt><31 of digest>`. */
export interface BcryptParts {
  readonly cost: number;
  readonly salt: Buffer;
  readonly digest: Buffer;
  /** Whether the version is `2b` or `2y` and no spare bit is set. */
  readonly isCanonical: boolean;
}

/** Takes a bcrypt text apart; `undefined` when it is none. Says nothing about the size of the cost. */
export function parseBcrypt(stored: string): BcryptParts | undefined {
  const [, version = '', costText = '', saltText = '', digestText = ''] = FORM.exec(stored) ?? [];
  const [cost, salt, digest] = [
    Number(costText),
    decodeBcryptSalt(saltText),
    decodeBcryptDigest(digestText),
  ];
  if (!salt || !digest || cost < COSTS.min || cost > COSTS.max) return undefined;
  const isCanonical =
    version !== '2a' &&
    encodeBcryptBase64(salt) === saltText &&
    encodeBcryptBase64(digest) === digestText;
  return { cost, salt, digest, isCanonical };
}

/** What is around a bcrypt hash. */
export interface BcryptUse {
  readonly format: PasswordFormat;
  /** `bcrypt-sha256` where `prepare` is given. */
  readonly scheme: 'bcrypt' | 'bcrypt-sha256';
  /** Gives what is hashed, 72 bytes at most; without it the password itself, of which bcrypt cuts off what is beyond 72 bytes. */
  readonly prepare?: (password: PasswordText) => Buffer;
}

/** A bcrypt hash of a password, or of what is made of it first. */
export function bcryptHash(
  { cost, salt, digest, isCanonical }: BcryptParts,
  ceilings: PasswordCeilings,
  { format, scheme, prepare }: BcryptUse,
): StoredHash | StoredProblem {
  if (cost > ceilings.bcryptCost) return 'out-of-bounds';
  return {
    scheme,
    format,
    parameters: { cost },
    saltBytes: salt.length,
    digest,
    memoryKiB: MEMORY_KIB,
    isCanonical,
    // Some software ends at a zero byte, and all begins anew behind it: pw and pw\0pw are one.
    cuts: ({ bytes }) => !prepare && (bytes.length > BCRYPT_MAX_BYTES || bytes.includes(0)),
    compute: (password) => computeBcrypt(prepare ? prepare(password) : password.bytes, cost, salt),
  };
}

/** bcrypt in its modular crypt form, as OpenBSD, Python, PHP, Laravel, Apache and npm write it: `$2a$`, `$2b$`, `$2y$`. */
export const BCRYPT_FORMAT: StoredFormat = {
  claims: (stored) => BEGINNING.test(stored),
  read(stored, rules) {
    const parts = parseBcrypt(stored);
    if (!parts) return 'malformed';
    const prepare = rules.longBcrypt === 'symfony' ? { prepare: symfonyBcryptInput } : {};
    return bcryptHash(parts, rules, { format: 'native', scheme: 'bcrypt', ...prepare });
  },
};
