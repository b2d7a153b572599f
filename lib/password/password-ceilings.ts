import { ARGON2_BOUNDS } from '../key-derivation/argon2-parameters.js';

/**
 * The most that a stored hash may ask of this process. A native hash cannot be cancelled, so whoever could
 * write one row with larger figures could stop the whole process with one login.
 */
export interface PasswordCeilings {
  /**
   * Memory of an Argon2 hash, in KiB.
   *
   * @default 262144 (256 MiB)
   */
  argon2MemoryKiB: number;
  /**
   * Passes of an Argon2 hash.
   *
   * @default 16
   */
  argon2TimeCost: number;
  /**
   * Lanes of an Argon2 hash.
   *
   * @default 16
   */
  argon2Parallelism: number;
  /**
   * Memory times passes of an Argon2 hash, in KiB.
   *
   * @default 1048576 (1 GiB)
   */
  argon2MemoryKiBPasses: number;
  /**
   * Cost of a bcrypt hash, the logarithm of its rounds: 15 takes seconds, 31 a day.
   *
   * @default 15
   */
  bcryptCost: number;
  /**
   * Memory of a scrypt hash (128 x N x r bytes), in KiB.
   *
   * @default 262144 (256 MiB)
   */
  scryptMemoryKiB: number;
  /**
   * Parallelism of a scrypt hash, which is computed one after the other.
   *
   * @default 16
   */
  scryptParallelism: number;
  /**
   * Iterations of a PBKDF2 hash, counted again for every block of a long one.
   *
   * @default 5000000
   */
  pbkdf2Iterations: number;
}

/** The ceilings that hold unless others are given. */
export const PASSWORD_CEILINGS: Readonly<PasswordCeilings> = Object.freeze({
  argon2MemoryKiB: ARGON2_BOUNDS.memoryKiB,
  argon2TimeCost: ARGON2_BOUNDS.timeCost,
  argon2Parallelism: ARGON2_BOUNDS.parallelism,
  argon2MemoryKiBPasses: ARGON2_BOUNDS.memoryKiBPasses,
  bcryptCost: 15,
  scryptMemoryKiB: 256 * 1024,
  scryptParallelism: 16,
  pbkdf2Iterations: 5_000_000,
});
