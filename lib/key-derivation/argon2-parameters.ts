/** Which variant of Argon2: `argon2id` for everything new, the others for hashes from elsewhere. */
export type Argon2Variant = 'argon2id' | 'argon2i' | 'argon2d';

/** What decides the cost of an Argon2 hash (RFC 9106, section 3.1). */
export interface Argon2Parameters {
  /**
   * The memory that is filled, in KiB: at least 8 for each lane, 262144 (256 MiB) at most.
   *
   * @default 65536 (64 MiB)
   */
  readonly memoryKiB: number;
  /**
   * How many passes are made over the memory, 1 to 16; passes times `memoryKiB` may be 1048576 at most.
   *
   * @default 3
   */
  readonly timeCost: number;
  /**
   * How many lanes, each computed by a thread of its own, 1 to 16.
   *
   * @default 4
   */
  readonly parallelism: number;
}

/** With which Argon2id is computed where nothing else was asked for: 64 MiB, three passes, four lanes. */
export const ARGON2_DEFAULTS: Readonly<Argon2Parameters> = Object.freeze({
  memoryKiB: 65_536,
  timeCost: 3,
  parallelism: 4,
});

/**
 * The most that a stored hash may ask of us. A native hash cannot be cancelled, so whoever could write
 * one row with larger figures could stop the whole process with one login.
 */
export const ARGON2_BOUNDS = Object.freeze({
  memoryKiB: 256 * 1024,
  timeCost: 16,
  parallelism: 16,
  /** memory times passes: 1 GiB */
  memoryKiBPasses: 1024 * 1024,
});

/** Tells whether these parameters are ones that Argon2 knows and that stay within the bounds. */
export function isWithinBounds({ memoryKiB, timeCost, parallelism }: Argon2Parameters): boolean {
  return (
    parallelism >= 1 &&
    parallelism <= ARGON2_BOUNDS.parallelism &&
    timeCost >= 1 &&
    timeCost <= ARGON2_BOUNDS.timeCost &&
    memoryKiB >= 8 * parallelism &&
    memoryKiB <= ARGON2_BOUNDS.memoryKiB &&
    memoryKiB * timeCost <= ARGON2_BOUNDS.memoryKiBPasses
  );
}
