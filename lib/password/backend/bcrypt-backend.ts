import { PasswordError } from '../../errors/password.error.js';
import { encodeBcryptBase64, decodeBcryptDigest } from '../stored/bcrypt-base64.js';

/** So many bytes of a password take part; what follows is cut off. */
export const BCRYPT_MAX_BYTES = 72;

const DIGEST_CHARACTERS = 31;

/** Computes a whole bcrypt text, such as `$2b$12$<salt><digest>`, off the event loop. */
type HashWithSalt = (password: Buffer, cost: number, salt: Buffer) => Promise<string>;

/** Version 2 takes its options as an object. */
type NativeHashVersion2 = (
  password: Buffer,
  options: { cost: number; salt: Buffer },
) => Promise<string>;

/** Which of the two packages was found, for a message. */
export type BcryptPackage = '@node-rs/bcrypt' | 'bcryptjs';

/** A package that was found. */
export interface LoadedBcrypt {
  readonly name: BcryptPackage;
  readonly hash: HashWithSalt;
}

/**
 * Computes the 23 bytes that bcrypt gives for the first 72 bytes of a password.
 *
 * @param cost 4 to 31; whether it is within bounds is for the caller to judge
 * @param salt 16 bytes
 * @throws PasswordError `PWD_BACKEND_UNAVAILABLE` when neither package is installed
 */
export async function computeBcrypt(password: Buffer, cost: number, salt: Buffer): Promise<Buffer> {
  const { hash } = await loadBcrypt();
  const digest = decodeBcryptDigest((await hash(password, cost, salt)).slice(-DIGEST_CHARACTERS));
  if (!digest) throw new TypeError('the bcrypt package gave no bcrypt hash');
  return digest;
}

/**
 * Loads whichever of the two packages is installed, the native one first.
 *
 * @throws PasswordError `PWD_BACKEND_UNAVAILABLE` when neither is
 */
export async function loadBcrypt(): Promise<LoadedBcrypt> {
  try {
    const { hash, ...others } = await import('@node-rs/bcrypt');
    const isVersion2 = 'parseOptions' in others;
    const hashWithOptions = hash as unknown as NativeHashVersion2;
    return {
      name: '@node-rs/bcrypt',
      hash: isVersion2 ? (password, cost, salt) => hashWithOptions(password, { cost, salt }) : hash,
    };
  } catch {
    return loadBcryptJs();
  }
}

/**
 * Loads the one that is written in JavaScript.
 *
 * @throws PasswordError `PWD_BACKEND_UNAVAILABLE` when it is not installed
 */
export async function loadBcryptJs(): Promise<LoadedBcrypt> {
  try {
    const { default: bcrypt } = await import('bcryptjs');
    return {
      name: 'bcryptjs',
      // It takes text only, and encodes it as UTF-8 again.
      hash: (password, cost, salt) => bcrypt.hash(password.toString('utf8'), saltText(cost, salt)),
    };
  } catch (cause) {
    const message =
      'bcrypt needs a package: install it with: npm install @node-rs/bcrypt (or bcryptjs, which is slower and computes on the event loop)';
    throw new PasswordError('PWD_BACKEND_UNAVAILABLE', message, { cause });
  }
}

function saltText(cost: number, salt: Buffer): string {
  return `$2b$${String(cost).padStart(2, '0')}$${encodeBcryptBase64(salt)}`;
}
