import { z } from 'zod';
import {
  environmentReaders,
  optionGroup,
  optionNotes,
  splitList,
  wholeNumber,
} from '../../common/option-schema.js';
import { breachCheckSchema, type BreachCheckOptions } from './breach-check.options.js';
import { MIN_CONTEXT_WORD } from './context-words.js';

/** When a strength estimate refuses a password. */
export interface StrengthEstimatorOptions {
  /**
   * The lowest score of zxcvbn that is accepted, 0 to 4.
   *
   * @default 3
   */
  minScore?: number;
}

/**
 * Settings of {@link PasswordPolicyService}. The defaults are the rules of NIST SP 800-63B-4, section
 * 3.1.1.2; there are no composition rules.
 */
export interface PasswordPolicyOptions {
  /**
   * The fewest characters of a password that is the only factor, 8 to 64. Counted in Unicode code points.
   *
   * @default 15
   */
  minLength?: number;
  /**
   * The fewest characters of a password that is used with a second factor, 8 to 64.
   *
   * @default 8
   */
  minLengthWithSecondFactor?: number;
  /**
   * Passwords to refuse beside the 54,000 of the built-in list; case and simple decoration do not matter.
   * At most 100,000, of 3 to 256 characters.
   *
   * @default none
   */
  blocklist?: readonly string[];
  /**
   * Names of your service, on which no password may be built: company, product, domain. At most 100, of 3 to
   * 256 characters.
   *
   * @default none
   */
  serviceNames?: readonly string[];
  /**
   * Refuses passwords that zxcvbn finds easy to guess; needs the package `@zxcvbn-ts/core`.
   *
   * @default off
   */
  estimator?: StrengthEstimatorOptions;
  /**
   * Refuses passwords that are known from breaches. `{}` asks the range API of Pwned Passwords.
   *
   * @default off
   */
  breached?: BreachCheckOptions;
}

function words(most: number) {
  const error = `must be a list of at most ${most} texts of ${MIN_CONTEXT_WORD} to 256 characters.`;
  const list = z.array(z.string({ error }).min(MIN_CONTEXT_WORD, { error }).max(256, { error }), {
    error,
  });
  const schema = list.max(most, { error });
  environmentReaders.add(schema, { read: splitList });
  return schema;
}

/** The schema of `password.policy`. */
export const policySchema = optionGroup(
  {
    minLength: wholeNumber('characters', 8, 64)
      .default(15)
      .register(optionNotes, { about: 'The fewest of a password that is the only factor.' }),
    minLengthWithSecondFactor: wholeNumber('characters', 8, 64)
      .default(8)
      .register(optionNotes, { about: 'The fewest of a password beside a second factor.' }),
    blocklist: words(100_000).default([]).register(optionNotes, {
      about: 'Passwords to refuse beside those of the built-in list.',
      type: 'list of texts',
      byDefault: 'none',
    }),
    serviceNames: words(100).default([]).register(optionNotes, {
      about: 'Names of your service, on which no password may be built.',
      type: 'list of texts',
      byDefault: 'none',
    }),
    estimator: optionGroup(
      {
        minScore: wholeNumber('points', 0, 4)
          .default(3)
          .register(optionNotes, { about: 'The lowest score of zxcvbn that is accepted.' }),
      },
      '{ minScore: 3 }',
    )
      .optional()
      .register(optionNotes, {
        about: 'Refuses passwords that `@zxcvbn-ts/core` finds easy to guess.',
        type: 'object',
        byDefault: 'off',
      }),
    breached: breachCheckSchema.optional().register(optionNotes, {
      about: 'Refuses passwords that are known from breaches; `{}` asks Pwned Passwords.',
      type: 'object',
      byDefault: 'off',
    }),
  },
  "{ minLength: 15, serviceNames: ['example'], breached: {} }",
);

/** {@link PasswordPolicyOptions} after checking, with the defaults filled in. */
export type ResolvedPasswordPolicyOptions = Readonly<z.output<typeof policySchema>>;

/** The injection token of {@link ResolvedPasswordPolicyOptions}. */
export const PASSWORD_POLICY_OPTIONS = Symbol('nestjs-security:password-policy-options');
