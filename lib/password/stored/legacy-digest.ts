import { hash as digestOf } from 'node:crypto';

/** How many bytes each of the digests has that {@link wrapLegacy} takes. */
export const LEGACY_DIGEST_BYTES = Object.freeze({ md5: 16, sha1: 20, sha256: 32, sha512: 64 });

/** The hashes that old software made a password's digest with. */
export type LegacyAlgorithm = keyof typeof LEGACY_DIGEST_BYTES;

/** How long a salt may be that old software kept beside the digest. */
export const LEGACY_SALT_BYTES = Object.freeze({ min: 1, max: 128 });

/** How old software made its digest. */
export interface LegacyRecipe {
  readonly algorithm: LegacyAlgorithm;
  readonly salt?: Buffer | undefined;
  /** Whether the salt stands before the password or after it. */
  readonly saltPosition: 'before' | 'after';
}

/** Tells whether a text names a hash of {@link LEGACY_DIGEST_BYTES}. */
export function isLegacyAlgorithm(name: unknown): name is LegacyAlgorithm {
  return typeof name === 'string' && Object.hasOwn(LEGACY_DIGEST_BYTES, name);
}

/** Digests a password as old software did. */
export function legacyDigest(
  { algorithm, salt, saltPosition }: LegacyRecipe,
  password: Buffer,
): Buffer {
  const parts = salt ? [salt, password] : [password];
  if (saltPosition === 'after') parts.reverse();
  return digestOf(algorithm, Buffer.concat(parts), 'buffer');
}
