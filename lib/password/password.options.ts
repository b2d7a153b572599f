import { z } from 'zod';
import {
  environmentReaders,
  flag,
  nameOf,
  optionGroup,
  optionNotes,
  wholeNumber,
} from '../common/option-schema.js';
import { keyId } from '../keyring/key-schema.js';
import type { PasswordAdmissionOptions } from './admission/admission.options.js';
import { admissionSchema } from './admission/admission.options.js';
import { ceilingsSchema } from './ceilings.options.js';
import { describeHashing, resolveHashing } from './hashing-rules.js';
import type { PasswordCeilings } from './password-ceilings.js';
import { policySchema, type PasswordPolicyOptions } from './policy/password-policy.options.js';
import type { Argon2ProfileName } from './target/argon2-profiles.js';
import type { CreatingSchemeName } from './target/creating-scheme.js';

/** Settings of {@link PasswordService} and {@link PasswordPolicyService}. */
export interface PasswordOptions {
  /**
   * In which scheme new passwords are hashed. Those stored in other schemes are verified all the same.
   * `bcrypt` refuses passwords of more than 72 bytes, `bcrypt-sha256` does not. Both need the package
   * `@node-rs/bcrypt` or `bcryptjs`.
   *
   * @default 'argon2id'
   */
  scheme?: CreatingSchemeName;
  /**
   * A named set of parameters for Argon2id; `memoryKiB`, `timeCost` and `parallelism` change single ones.
   *
   * @default 'guide': 64 MiB, 3 passes, 4 lanes
   */
  profile?: Argon2ProfileName;
  /**
   * The memory that one Argon2id hash uses, in KiB: at least 8 for each lane, at most what
   * `ceilings.argon2MemoryKiB` allows.
   *
   * @default that of the profile: 65536 (64 MiB)
   */
  memoryKiB?: number;
  /**
   * How many passes Argon2id makes over the memory, at least 1.
   *
   * @default that of the profile: 3
   */
  timeCost?: number;
  /**
   * How many lanes Argon2id has, each computed by a thread of its own, at least 1.
   *
   * @default that of the profile: 4
   */
  parallelism?: number;
  /**
   * The cost of bcrypt, the logarithm of its rounds, 4 to 31.
   *
   * @default 12
   */
  bcryptCost?: number;
  /**
   * The logarithm of N of scrypt, 1 to 31; r is 8 and p is 1.
   *
   * @default 17: 128 MiB
   */
  scryptCost?: number;
  /**
   * The iterations of PBKDF2.
   *
   * @default 600000 for pbkdf2-sha256, 210000 for pbkdf2-sha512
   */
  pbkdf2Iterations?: number;
  /**
   * The package that computes Argon2: `argon2`, which comes with this one, or `@node-rs/argon2`, which you
   * install, and which takes less than half the processor time. Both give the same hashes.
   *
   * @default 'argon2'
   */
  backend?: 'argon2' | '@node-rs/argon2';
  /**
   * `keyring` mixes a key into every hash that is derived from `keys` and not stored with the hash, so that
   * who has only the database cannot test guesses. **Whoever loses that key loses every password.**
   *
   * @default 'off'
   */
  pepper?: 'off' | 'keyring';
  /**
   * The id of the key of `keys` from which the pepper of new hashes is derived. Needed where keys turn by
   * themselves (a managed ring, a provider): peppers turn on command only. Not a staged key. Refused without
   * `pepper`.
   *
   * @default the primary key of a list
   */
  pepperKeyId?: string;
  /**
   * Whether hashes without a pepper still verify while `pepper` is `keyring`. Set it for the time of a
   * migration: who may write rows could otherwise put in a hash of their own making. Refused without `pepper`.
   *
   * @default false
   */
  acceptUnpeppered?: boolean;
  /**
   * `top-up` adds to a failed comparison with a cheaper stored hash the work that is missing to a hash of
   * today, so that time tells less about which accounts have old hashes.
   *
   * @default 'off'
   */
  equalize?: 'off' | 'top-up';
  /**
   * Whether a password that does not match in Unicode NFC is tried as it was typed, too: for hashes of
   * software that does not normalise. Doubles the work of failures for such passwords.
   *
   * @default false
   */
  rawUnicodeFallback?: boolean;
  /**
   * What the software that made the stored bcrypt hashes did to passwords of more than 72 bytes: most cut
   * them, Symfony hashes them with SHA-512 first.
   *
   * @default 'truncated'
   */
  longBcrypt?: 'truncated' | 'symfony';
  /** How many passwords are hashed at a time, and what becomes of those that come meanwhile. */
  admission?: PasswordAdmissionOptions;
  /** The most that a stored hash may ask of this process. */
  ceilings?: Partial<PasswordCeilings>;
  /** Which new passwords {@link PasswordPolicyService} accepts. */
  policy?: PasswordPolicyOptions;
}

const pepperKeyId = keyId.clone();
environmentReaders.add(pepperKeyId, { read: (value) => value });

/** The schema of `password`. */
export const passwordSchema = optionGroup(
  {
    scheme: nameOf([
      'argon2id',
      'bcrypt',
      'bcrypt-sha256',
      'scrypt',
      'pbkdf2-sha256',
      'pbkdf2-sha512',
    ])
      .default('argon2id')
      .register(optionNotes, { about: 'In which scheme new passwords are hashed.' }),
    profile: nameOf(['guide', 'owasp-19', 'owasp-46', 'rfc9106-low', 'rfc9106-high'])
      .optional()
      .register(optionNotes, {
        about: 'A named set of parameters for Argon2id.',
        byDefault: '`guide`',
      }),
    memoryKiB: wholeNumber('KiB', 8, 4_194_304).optional().register(optionNotes, {
      about: 'The memory that one Argon2id hash uses; at least 8 for each lane.',
      byDefault: 'by `profile`: `65536`',
    }),
    timeCost: wholeNumber('passes', 1, 1024).optional().register(optionNotes, {
      about: 'How many passes Argon2id makes over the memory.',
      byDefault: 'by `profile`: `3`',
    }),
    parallelism: wholeNumber('lanes', 1, 255).optional().register(optionNotes, {
      about: 'How many lanes Argon2id has, each computed by a thread of its own.',
      byDefault: 'by `profile`: `4`',
    }),
    bcryptCost: wholeNumber('doublings', 4, 31).optional().register(optionNotes, {
      about: 'The cost of bcrypt.',
      byDefault: '`12`',
    }),
    scryptCost: wholeNumber('doublings', 1, 31).optional().register(optionNotes, {
      about: 'The logarithm of N of scrypt, with r=8 and p=1.',
      byDefault: '`17`',
    }),
    pbkdf2Iterations: wholeNumber('iterations', 1, 1_000_000_000).optional().register(optionNotes, {
      about: 'The iterations of PBKDF2.',
      byDefault: '`600000` with SHA-256, `210000` with SHA-512',
    }),
    backend: nameOf(['argon2', '@node-rs/argon2'])
      .default('argon2')
      .register(optionNotes, { about: 'The package that computes Argon2.' }),
    pepper: nameOf(['off', 'keyring']).default('off').register(optionNotes, {
      about: 'Whether a key takes part in every hash. Whoever loses that key loses every password.',
    }),
    pepperKeyId: pepperKeyId.optional().register(optionNotes, {
      about: 'The key of `keys` from which the pepper of new hashes is derived.',
      byDefault: 'the primary key; needed where keys turn by themselves',
    }),
    acceptUnpeppered: flag().default(false).register(optionNotes, {
      about: 'Whether hashes without a pepper still verify, for the time of a migration.',
    }),
    equalize: nameOf(['off', 'top-up']).default('off').register(optionNotes, {
      about: 'Whether failures with cheaper stored hashes are made to cost what new ones cost.',
    }),
    rawUnicodeFallback: flag().default(false).register(optionNotes, {
      about: 'Whether a password is tried as it was typed, too, not only in Unicode NFC.',
    }),
    longBcrypt: nameOf(['truncated', 'symfony']).default('truncated').register(optionNotes, {
      about: 'What was done to passwords of more than 72 bytes before bcrypt.',
    }),
    admission: admissionSchema.prefault({}),
    ceilings: ceilingsSchema.prefault({}),
    policy: policySchema.prefault({}),
  },
  "{ profile: 'guide' }",
).transform(resolveHashing);

/** {@link PasswordOptions} after checking, with the defaults filled in. */
export type ResolvedPasswordOptions = Readonly<z.output<typeof passwordSchema>>;

/** The injection token of {@link ResolvedPasswordOptions}. */
export const PASSWORD_OPTIONS = Symbol('nestjs-security:password-options');

/** What passwords are hashed with, for the boot log. */
export function describePasswords(options: ResolvedPasswordOptions): string {
  const { scheme, parameters, pepper, acceptUnpeppered } = options;
  const others = acceptUnpeppered ? 'verified, too' : 'refused';
  const peppered = pepper === 'off' ? '' : `, with a pepper; hashes without one are ${others}`;
  return `passwords: ${describeHashing(scheme, parameters)}${peppered}`;
}
