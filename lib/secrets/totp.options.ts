import { z } from 'zod';
import type { Clock } from '../common/clock.js';
import {
  clock,
  environmentReaders,
  optionGroup,
  optionNotes,
  text,
  wholeNumber,
} from '../common/option-schema.js';

const ALGORITHMS = ['SHA1', 'SHA256', 'SHA512'] as const;

/** The hash function of one-time passwords. */
export type OneTimePasswordAlgorithm = (typeof ALGORITHMS)[number];

/**
 * Settings of {@link TotpService}. The first three are told to the authenticator once, when it scans the
 * QR code: changing them later shuts out everyone who scanned before.
 */
export interface TotpOptions {
  /**
   * The hash function. Many authenticators compute SHA-1 whatever they are told; in HMAC it is not broken.
   *
   * @default 'SHA1'
   */
  algorithm?: OneTimePasswordAlgorithm;
  /**
   * How many digits a code has, 6 to 8.
   *
   * @default 6
   */
  digits?: number;
  /**
   * How many seconds a code is shown, 15 to 120.
   *
   * @default 30
   */
  periodSeconds?: number;
  /**
   * How many steps before and after the present one are accepted, too, 0 to 10: clocks differ, and typing
   * takes time.
   *
   * @default 1
   */
  window?: number;
  /**
   * The name of your service, shown by the authenticator; without a colon.
   *
   * @default none: `uri` has to be told
   */
  issuer?: string;
  /**
   * Tells the time in milliseconds.
   *
   * @default the top-level `clock`
   */
  clock?: Clock;
}

const algorithm = z.enum(ALGORITHMS, { error: `must be one of ${ALGORITHMS.join(', ')}.` });
environmentReaders.add(algorithm, { read: (value) => value });

const issuerError = 'must be a text without a colon, such as "Example Ltd".';
const issuer = text(issuerError).regex(/^[^:]+$/, { error: issuerError });
environmentReaders.add(issuer, { read: (value) => value });

/** The schema of `totp`. */
export const totpSchema = optionGroup(
  {
    algorithm: algorithm.default('SHA1').register(optionNotes, {
      about: 'The hash function of the codes; many authenticator apps know SHA1 only.',
      type: 'name',
    }),
    digits: wholeNumber('digits', 6, 8)
      .default(6)
      .register(optionNotes, { about: 'How many digits a code has.' }),
    periodSeconds: wholeNumber('seconds', 15, 120)
      .default(30)
      .register(optionNotes, { about: 'How long a code is shown.' }),
    window: wholeNumber('steps', 0, 10).default(1).register(optionNotes, {
      about: 'How many periods before and after the present one are accepted.',
    }),
    issuer: issuer.optional().register(optionNotes, {
      about: 'The name under which an authenticator app lists the account.',
    }),
    clock: clock().optional().register(optionNotes, {
      about: 'Tells the time in milliseconds.',
      byDefault: 'the top-level `clock`',
    }),
  },
  "{ issuer: 'Example Ltd' }",
);

/** {@link TotpOptions} after checking, with the defaults filled in. */
export type ResolvedTotpOptions = Readonly<z.output<typeof totpSchema>>;

/** The injection token of {@link ResolvedTotpOptions}. */
export const TOTP_OPTIONS = Symbol('nestjs-security:totp-options');
