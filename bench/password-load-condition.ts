import type { Probes } from './load-probes.js';

/** The library that hashes. */
export type Backend = 'argon2' | '@node-rs/argon2';

/** How 64 logins that come at once are dealt with. */
export type Condition =
  | { readonly backend: Backend; readonly way: 'unlimited' }
  | { readonly backend: Backend; readonly way: 'admission'; readonly atOnce: number }
  | { readonly backend: '@node-rs/argon2'; readonly way: 'workers'; readonly atOnce: number };

/** The guide's profile: 64 MiB, three passes, four lanes. */
export const PROFILE = { memoryKiB: 65_536, timeCost: 3, parallelism: 4 };

export const LOGINS = 64;

/** How long a process is watched before the logins come. */
export const IDLE_SECONDS = 3;

/** What one child process saw. */
export interface LoadResult {
  readonly idle: Probes;
  readonly load: Probes;
  /** From the first call to the last answer, in milliseconds. */
  readonly totalMs: number;
  /** Processor time of all threads meanwhile, in milliseconds. */
  readonly processorMs: number;
  /** What others took of the processors while this process was idle, 0 to 1. */
  readonly othersShare: number;
  /** Resident memory before, and the most since the process began. */
  readonly baselineMiB: number;
  readonly peakMiB: number;
}
