import { types } from 'node:util';
import { SecurityConfigurationError } from '../errors/security-configuration.error.js';
import { decodeBase64, decodeHex, encodeUnpaddedBase64 } from '../common/encoding.js';
import { ARGON2_FORMAT } from './stored/argon2.format.js';
import {
  isLegacyAlgorithm,
  LEGACY_DIGEST_BYTES,
  LEGACY_SALT_BYTES,
  type LegacyAlgorithm,
} from './stored/legacy-digest.js';

/** A digest of a password that is stored without a salt, or with one in another column. */
export interface LegacyDigest {
  /** The hash that it was made with, once. */
  readonly algorithm: LegacyAlgorithm;
  /** The digest, as hexadecimal in either case or as padded base64. */
  readonly digest: string;
  /**
   * What was put beside the password, 1 to 128 bytes; text counts as UTF-8.
   *
   * @default nothing
   */
  readonly salt?: string | Uint8Array;
  /**
   * Whether the salt was put before the password or after it.
   *
   * @default 'before'
   */
  readonly saltPosition?: 'before' | 'after';
}

/**
 * Wraps an old digest in Argon2, without the password: so that a database of unsalted digests can be made
 * safe to lose in one night, and not only as its users log in.
 *
 * @param hash gives the PHC string of Argon2 for bytes
 * @returns `$wrapped$v=1,digest=<algorithm>[,salt=<base64>,at=before|after]$argon2id$...`
 * @throws TypeError for an unknown algorithm, a digest that is not one of its length, a salt that is empty,
 * too long or ill-formed, and an unknown position; the message never holds the digest
 * @example
 * row.passwordHash = await wrapLegacy({ algorithm: 'md5', digest: row.md5 }, hashBytes);
 */
export async function wrapLegacy(
  { algorithm, digest, salt, saltPosition = 'before' }: LegacyDigest,
  hash: (bytes: Buffer) => Promise<string>,
): Promise<string> {
  const bytes = digestBytes(algorithm, digest);
  if (saltPosition !== 'before' && saltPosition !== 'after')
    throw new TypeError("saltPosition must be 'before' or 'after'");
  const saltText =
    salt === undefined ? '' : `,salt=${encodeUnpaddedBase64(saltBytes(salt))},at=${saltPosition}`;
  const inner = await hash(bytes);
  if (!ARGON2_FORMAT.claims(inner)) throw new TypeError('hash must give a PHC string of Argon2');
  return `$wrapped$v=1,digest=${algorithm}${saltText}${inner}`;
}

/** What is wrong when what was wrapped could never be verified. */
export function beyondCeilings(): SecurityConfigurationError {
  const message =
    'must allow what wrapLegacy makes: Argon2id with 64 MiB, 3 passes and 4 lanes. Raise them, or set scheme to argon2id with lesser parameters.';
  return new SecurityConfigurationError(
    'CONFIG_INVALID',
    [{ option: 'password.ceilings', message }],
    'A digest cannot be wrapped',
  );
}

function digestBytes(algorithm: unknown, digest: unknown): Buffer {
  if (!isLegacyAlgorithm(algorithm))
    throw new TypeError(`algorithm must be one of ${Object.keys(LEGACY_DIGEST_BYTES).join(', ')}`);
  const length = LEGACY_DIGEST_BYTES[algorithm];
  // Two digits a byte are more than base64 takes, and no digest is so long that its text could be both.
  const decode =
    typeof digest === 'string' && digest.length === 2 * length ? decodeHex : decodeBase64;
  const bytes = typeof digest === 'string' ? decode(digest) : undefined;
  if (bytes?.length === length) return bytes;
  throw new TypeError(
    `digest must be the ${length} bytes of ${algorithm}, as hexadecimal or base64`,
  );
}

function saltBytes(salt: unknown): Buffer {
  const bytes = bytesOf(salt);
  const { min, max } = LEGACY_SALT_BYTES;
  if (bytes && bytes.length >= min && bytes.length <= max) return bytes;
  throw new TypeError(`salt must be well-formed text or bytes, ${min} to ${max} bytes of it`);
}

function bytesOf(salt: unknown): Buffer | undefined {
  if (typeof salt === 'string') return salt.isWellFormed() ? Buffer.from(salt, 'utf8') : undefined;
  return types.isUint8Array(salt) ? Buffer.from(salt) : undefined;
}
