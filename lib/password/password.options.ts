import { z } from 'zod';
import { optionGroup, optionNotes, wholeNumber } from '../common/option-schema.js';
import { ARGON2_BOUNDS, ARGON2_DEFAULTS } from '../key-derivation/argon2-parameters.js';

/** Settings of {@link PasswordService}: the parameters of Argon2id (RFC 9106) for new passwords. */
export interface PasswordOptions {
  /**
   * The memory that one hash uses, in KiB: at least 8 for each lane, 262144 (256 MiB) at most.
   *
   * @default 65536 (64 MiB)
   */
  memoryKiB?: number;
  /**
   * How many passes are made over the memory, 1 to 16; passes times `memoryKiB` may be 1048576 at most.
   *
   * @default 3
   */
  timeCost?: number;
  /**
   * How many lanes, each computed by a thread of its own, 1 to 16.
   *
   * @default 4
   */
  parallelism?: number;
}

/** The schema of `password`. */
export const passwordSchema = optionGroup(
  {
    memoryKiB: wholeNumber('KiB', 8, ARGON2_BOUNDS.memoryKiB)
      .default(ARGON2_DEFAULTS.memoryKiB)
      .register(optionNotes, { about: 'The memory that one hash uses; at least 8 for each lane.' }),
    timeCost: wholeNumber('passes', 1, ARGON2_BOUNDS.timeCost)
      .default(ARGON2_DEFAULTS.timeCost)
      .register(optionNotes, { about: 'How many passes are made over the memory.' }),
    parallelism: wholeNumber('lanes', 1, ARGON2_BOUNDS.parallelism)
      .default(ARGON2_DEFAULTS.parallelism)
      .register(optionNotes, { about: 'How many lanes, each computed by a thread of its own.' }),
  },
  '{ memoryKiB: 65536, timeCost: 3, parallelism: 4 }',
)
  .refine(({ memoryKiB, parallelism }) => memoryKiB >= 8 * parallelism, {
    error: 'needs at least 8 KiB of memory for each lane: raise memoryKiB or lower parallelism.',
  })
  .refine(({ memoryKiB, timeCost }) => memoryKiB * timeCost <= ARGON2_BOUNDS.memoryKiBPasses, {
    error: `asks for more work than is ever verified: memoryKiB x timeCost may be at most ${ARGON2_BOUNDS.memoryKiBPasses}.`,
  });

/** {@link PasswordOptions} after checking, with the defaults filled in. */
export type ResolvedPasswordOptions = Readonly<z.output<typeof passwordSchema>>;

/** The injection token of {@link ResolvedPasswordOptions}. */
export const PASSWORD_OPTIONS = Symbol('nestjs-security:password-options');

/** What passwords are hashed with, for the boot log. */
export function describePasswords({
  memoryKiB,
  timeCost,
  parallelism,
}: ResolvedPasswordOptions): string {
  return `passwords: Argon2id with m=${memoryKiB} KiB, t=${timeCost}, p=${parallelism}`;
}
