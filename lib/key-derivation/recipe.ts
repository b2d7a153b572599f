import { unknownOption } from '../common/nearest-name.js';
import { KeyDerivationError } from '../errors/key-derivation.error.js';
import { ARGON2ID } from './argon2id.js';
import type { KdfAlgorithm, KdfParameter } from './kdf-algorithm.js';
import { PBKDF2_SHA256, PBKDF2_SHA512 } from './pbkdf2.js';
import { SCRYPT } from './scrypt.js';

/** The algorithms that make keys of passphrases. */
export type KdfAlgorithmName = 'scrypt' | 'pbkdf2-sha256' | 'pbkdf2-sha512' | 'argon2id';

/** Everything beside the passphrase that decides which key comes out. */
export interface Recipe {
  readonly algorithm: KdfAlgorithmName;
  /** Every parameter of the algorithm by its name. */
  readonly params: Readonly<Record<string, number>>;
  /** 8 to 1024 bytes. */
  readonly salt: Buffer;
  /** How many bytes the key has. */
  readonly length: number;
}

/** What a recipe is made of, before anything was checked. */
export type UncheckedRecipe = { readonly [Part in keyof Recipe]: unknown };

/** Each algorithm by its name. */
export const KDF_ALGORITHMS: Readonly<Record<KdfAlgorithmName, KdfAlgorithm>> = Object.freeze({
  scrypt: SCRYPT,
  'pbkdf2-sha256': PBKDF2_SHA256,
  'pbkdf2-sha512': PBKDF2_SHA512,
  argon2id: ARGON2ID,
});

const SALT_BYTES = Object.freeze({ min: 8, max: 1024 });
const MAX_LENGTH = 1024;

/**
 * Checks what decides the work before any work is done, and fills in the parameters that were left out.
 *
 * @throws KeyDerivationError `KDF_ALGORITHM_UNKNOWN`, `KDF_LENGTH_INVALID`, `KDF_PARAMETERS_INVALID` or
 * `KDF_SALT_INVALID`
 */
export function checkRecipe({ algorithm, params, salt, length }: UncheckedRecipe): Recipe {
  if (!isAlgorithm(algorithm)) {
    const known = Object.keys(KDF_ALGORITHMS).join(', ');
    throw new KeyDerivationError('KDF_ALGORITHM_UNKNOWN', `algorithm must be one of ${known}`);
  }
  const definition = KDF_ALGORITHMS[algorithm];
  const { minLength } = definition;
  if (!isWhole(length, minLength, MAX_LENGTH)) {
    const message = `length must be a whole number of bytes from ${minLength} to ${MAX_LENGTH} for ${algorithm}`;
    throw new KeyDerivationError('KDF_LENGTH_INVALID', message);
  }
  const numbers = checkParameters(algorithm, params);
  const reason = definition.excess(numbers, length);
  if (reason !== undefined) throw unfit(`params of ${algorithm} ${reason}`);
  return { algorithm, params: numbers, salt: checkSalt(salt), length };
}

/** Computes the bytes of the key off the event loop. */
export function followRecipe(recipe: Recipe, passphrase: Buffer): Promise<Buffer> {
  const { algorithm, params, salt, length } = recipe;
  return KDF_ALGORITHMS[algorithm].compute(passphrase, salt, params, length);
}

/** Tells whether a salt is bytes, and enough of them for a passphrase. */
export function isSalt(salt: unknown): salt is Uint8Array {
  return salt instanceof Uint8Array && isWhole(salt.length, SALT_BYTES.min, SALT_BYTES.max);
}

function checkSalt(salt: unknown): Buffer {
  if (isSalt(salt)) return Buffer.from(salt);
  const message = `salt must be ${SALT_BYTES.min} to ${SALT_BYTES.max} bytes, as Buffer or Uint8Array`;
  throw new KeyDerivationError('KDF_SALT_INVALID', message);
}

function checkParameters(algorithm: KdfAlgorithmName, given: unknown): Record<string, number> {
  const { parameters } = KDF_ALGORITHMS[algorithm];
  if (typeof given !== 'object' || given === null) throw unfit('params must be an object');
  const names = Object.keys(parameters);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw unfit(`params of ${algorithm} ${unknownOption(unknown, names)}`);
  }
  const values = new Map<string, unknown>(Object.entries(given));
  return Object.fromEntries(
    Object.entries(parameters).map(([name, limits]) => {
      return [
        name,
        checkParameter(name, values.has(name) ? values.get(name) : limits.default, limits),
      ];
    }),
  );
}

function checkParameter(
  name: string,
  value: unknown,
  { min, max, powerOfTwo }: KdfParameter,
): number {
  // Powers of two have one bit, so that nothing is left of them without their lowest.
  if (isWhole(value, min, max) && (powerOfTwo !== true || (value & (value - 1)) === 0))
    return value;
  const kind = powerOfTwo === true ? 'power of two' : 'whole number';
  throw unfit(`params.${name} must be a ${kind} from ${min} to ${max}`);
}

function unfit(message: string): KeyDerivationError {
  return new KeyDerivationError('KDF_PARAMETERS_INVALID', message);
}

function isAlgorithm(name: unknown): name is KdfAlgorithmName {
  return typeof name === 'string' && Object.hasOwn(KDF_ALGORITHMS, name);
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
