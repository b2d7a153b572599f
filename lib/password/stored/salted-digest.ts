import type { PasswordFormat, StoredHash } from './stored-hash.js';

/** The little memory that a digest takes. */
const MEMORY_KIB = 1;

/** A stored digest of a salt and a password, taken apart. */
export interface SaltedDigestParts {
  readonly format: PasswordFormat;
  readonly salt: Buffer;
  readonly digest: Buffer;
  /**
   * How often the digest is made.
   *
   * @default 1
   */
  readonly iterations?: number;
  /** @default true */
  readonly isCanonical?: boolean;
  /** Makes the digest of a password. */
  readonly digestOf: (password: Buffer) => Buffer;
}

/** A digest of salt and password that is made at once: far too fast for passwords, so only ever verified. */
export function saltedDigest({
  format,
  salt,
  digest,
  iterations = 1,
  isCanonical = true,
  digestOf,
}: SaltedDigestParts): StoredHash {
  return {
    scheme: 'salted-digest',
    format,
    parameters: { iterations },
    saltBytes: salt.length,
    digest,
    memoryKiB: MEMORY_KIB,
    isCanonical,
    compute: async ({ bytes }) => digestOf(bytes),
  };
}
