import { optionGroup, optionNotes, wholeNumber } from '../common/option-schema.js';
import { PASSWORD_CEILINGS } from './password-ceilings.js';

/** The schema of `password.ceilings`. */
export const ceilingsSchema = optionGroup(
  {
    argon2MemoryKiB: wholeNumber('KiB', 8, 4_194_304)
      .default(PASSWORD_CEILINGS.argon2MemoryKiB)
      .register(optionNotes, { about: 'Memory that a stored Argon2 hash may ask for.' }),
    argon2TimeCost: wholeNumber('passes', 1, 1024)
      .default(PASSWORD_CEILINGS.argon2TimeCost)
      .register(optionNotes, { about: 'Passes that a stored Argon2 hash may ask for.' }),
    argon2Parallelism: wholeNumber('lanes', 1, 255)
      .default(PASSWORD_CEILINGS.argon2Parallelism)
      .register(optionNotes, { about: 'Lanes that a stored Argon2 hash may ask for.' }),
    argon2MemoryKiBPasses: wholeNumber('KiB', 8, 67_108_864)
      .default(PASSWORD_CEILINGS.argon2MemoryKiBPasses)
      .register(optionNotes, {
        about: 'Memory times passes that a stored Argon2 hash may ask for.',
      }),
    bcryptCost: wholeNumber('doublings', 4, 31)
      .default(PASSWORD_CEILINGS.bcryptCost)
      .register(optionNotes, { about: 'Cost that a stored bcrypt hash may ask for.' }),
    scryptMemoryKiB: wholeNumber('KiB', 1, 4_194_304)
      .default(PASSWORD_CEILINGS.scryptMemoryKiB)
      .register(optionNotes, {
        about: 'Memory (128 x N x r) that a stored scrypt hash may ask for.',
      }),
    scryptParallelism: wholeNumber('repetitions', 1, 1024)
      .default(PASSWORD_CEILINGS.scryptParallelism)
      .register(optionNotes, { about: 'Parallelism that a stored scrypt hash may ask for.' }),
    pbkdf2Iterations: wholeNumber('iterations', 1, 1_000_000_000)
      .default(PASSWORD_CEILINGS.pbkdf2Iterations)
      .register(optionNotes, { about: 'Iterations that a stored PBKDF2 hash may ask for.' }),
  },
  '{ argon2MemoryKiB: 262144 }',
);
