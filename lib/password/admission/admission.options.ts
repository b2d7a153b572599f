import { z } from 'zod';
import { optionGroup, optionNotes, wholeNumber } from '../../common/option-schema.js';
import { LONGEST_TIMER_MS, type AdmissionLimits } from './admission-limits.js';
import { defaultConcurrency, type HashingMachine } from './default-concurrency.js';

/** How many passwords are hashed at a time, and what becomes of those that come meanwhile. */
export interface PasswordAdmissionOptions {
  /**
   * How many hashes are computed at a time, 1 to 1023. All threads of libuv's pool or more make files and
   * names wait for passwords.
   *
   * @default processors divided by the lanes of a hash, at least 1, and less than libuv has threads
   */
  concurrency?: number;
  /**
   * The memory that hashes fill at a time, in MiB, 1 to 1048576. A hash that needs more runs alone.
   *
   * @default 512
   */
  memoryMiB?: number;
  /**
   * How many hashes wait for their turn, 0 to 10000. When that many do, whoever has the most waiting gives way
   * to others, and what comes beyond is refused with `PWD_BUSY`.
   *
   * @default 128
   */
  maxQueued?: number;
  /**
   * How long a caller waits for a hash, in milliseconds, 1 to 2147483647, before it is refused with `PWD_BUSY`;
   * a login that makes a new hash waits for two. `timeoutMs` of a call is for the call as a whole.
   *
   * @default 10000
   */
  timeoutMs?: number;
}

/** The schema of `password.admission`. */
export const admissionSchema = optionGroup(
  {
    concurrency: wholeNumber('hashes', 1, 1023).optional().register(optionNotes, {
      about: 'How many hashes are computed at a time; keep it below the threads of libuv.',
      byDefault: 'processors / lanes, at least 1, below `UV_THREADPOOL_SIZE`',
    }),
    memoryMiB: wholeNumber('MiB', 1, 1024 * 1024)
      .default(512)
      .register(optionNotes, {
        about: 'The memory that hashes fill at a time; one that needs more runs alone.',
      }),
    maxQueued: wholeNumber('hashes', 0, 10_000).default(128).register(optionNotes, {
      about: 'How many hashes wait; what comes beyond is refused with `PWD_BUSY`.',
    }),
    timeoutMs: wholeNumber('milliseconds', 1, LONGEST_TIMER_MS)
      .default(10_000)
      .register(optionNotes, {
        about: 'How long a caller waits for a hash before it is refused with `PWD_BUSY`.',
      }),
  },
  '{ memoryMiB: 512, maxQueued: 128 }',
);

/** {@link PasswordAdmissionOptions} after checking, with the defaults filled in. */
export type ResolvedPasswordAdmissionOptions = Readonly<z.output<typeof admissionSchema>>;

/** The limits that the options mean on a machine. */
export function admissionLimits(
  { concurrency, memoryMiB, maxQueued, timeoutMs }: ResolvedPasswordAdmissionOptions,
  machine: HashingMachine,
): AdmissionLimits {
  return {
    concurrency: concurrency ?? defaultConcurrency(machine),
    memoryKiB: memoryMiB * 1024,
    maxQueued,
    timeoutMs,
  };
}
