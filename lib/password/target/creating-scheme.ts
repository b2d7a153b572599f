import { PasswordError } from '../../errors/password.error.js';
import type { Argon2Backend } from '../../key-derivation/argon2-backend.js';
import type { PasswordText } from '../password-text.js';
import type { Pepper } from '../pepper/peppers.js';

/** The schemes in which new hashes are made. */
export type CreatingSchemeName =
  'argon2id' | 'bcrypt' | 'bcrypt-sha256' | 'scrypt' | 'pbkdf2-sha256' | 'pbkdf2-sha512';

/** The numbers that decide the cost of a hash, by name. */
export type HashParameters = Readonly<Record<string, number>>;

/** What stands beside the digest of a new hash. */
export interface HashSetting {
  readonly parameters: HashParameters;
  /** 16 bytes. */
  readonly salt: Buffer;
  readonly pepper: Pepper | undefined;
}

/** A scheme in which new hashes are made. */
export interface CreatingScheme {
  /** How many bytes of digest new hashes have. */
  readonly digestBytes: number;
  /** The least parameters of which a hash is left alone when the configured scheme is a lesser one. */
  readonly floor: HashParameters;
  /** Which of two schemes is the stronger one, at parameters that cost us the same; of equals, `strength` tells. */
  readonly rank: number;
  /** What a guess costs an attacker with hardware of their own, to compare parameters of schemes of this rank. */
  strength(parameters: HashParameters): number;
  /** How much memory one hash fills, in KiB. */
  memoryKiB(parameters: HashParameters): number;
  /** Parameters that take about such a share of the time, 0 to 1; the least there are for less. */
  scaled(parameters: HashParameters, share: number): HashParameters;
  /**
   * Computes the digest of a password off the event loop.
   *
   * @param argon2Backend the package that computes Argon2
   */
  compute(
    password: PasswordText,
    setting: HashSetting,
    argon2Backend: Argon2Backend,
  ): Promise<Buffer>;
  /** Writes the text that is stored. */
  write(setting: HashSetting, digest: Buffer): string;
}

/** A number that the options or the parser of the scheme have put there. */
export function parameter(parameters: HashParameters, name: string): number {
  const value = parameters[name];
  if (value === undefined) throw new TypeError(`a hash of this scheme has the parameter ${name}`);
  return value;
}

/** The refusal of a password that a scheme cannot hash whole. */
export function unusable(message: string): PasswordError {
  return new PasswordError('PWD_UNUSABLE', message, { status: 400 });
}
