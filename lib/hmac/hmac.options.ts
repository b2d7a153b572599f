import { z } from 'zod';
import type { Clock } from '../common/clock.js';
import { clock, optionGroup, optionNotes, text, wholeNumber } from '../common/option-schema.js';
import { MAX_TTL_SECONDS } from './mac/ttl.js';

const NINETY_DAYS = 90 * 24 * 60 * 60;
const DEFAULT_TOLERANCE_SECONDS = 300;
const MAX_ORIGIN = 300;

/** Settings of {@link HmacService}. */
export interface HmacOptions {
  /**
   * The origin under which clients reach the application: scheme, host and, unless it is the usual one, port.
   * What is signed for an origin is signed for this one; the `Host` header of a request is never believed.
   *
   * @default none: absolute URLs are not signed, and requests are not verified
   * @example
   * hmac: { publicOrigin: 'https://app.example.com' }
   */
  publicOrigin?: string;
  /**
   * The longest life that a token may be given, in seconds, 1 to 315360000 (3,650 days).
   *
   * @default 7776000 (90 days)
   */
  maxTokenTtlSeconds?: number;
  /**
   * How far the time of a signed request may be from ours, in seconds, either way, 1 to 86400.
   *
   * @default 300
   */
  toleranceSeconds?: number;
  /**
   * Tells the time in milliseconds.
   *
   * @default the top-level `clock`
   */
  clock?: Clock;
}

const originError =
  'must be an origin such as "https://app.example.com": http or https and a host, without a path or a slash behind it.';

/** The schema of `hmac`. */
export const hmacSchema = optionGroup(
  {
    publicOrigin: text(originError)
      .max(MAX_ORIGIN, { error: originError })
      .refine(isOrigin, { error: originError })
      .optional()
      .register(optionNotes, {
        about: 'The origin under which clients reach the application: `https://app.example.com`.',
        byDefault: 'none',
      }),
    maxTokenTtlSeconds: wholeNumber('seconds', 1, MAX_TTL_SECONDS)
      .default(NINETY_DAYS)
      .register(optionNotes, { about: 'The longest life that a token may be given.' }),
    toleranceSeconds: wholeNumber('seconds', 1, 86_400)
      .default(DEFAULT_TOLERANCE_SECONDS)
      .register(optionNotes, {
        about: 'How far the time of a signed request may be from ours, either way.',
      }),
    clock: clock().optional().register(optionNotes, {
      about: 'Tells the time in milliseconds.',
      byDefault: 'the top-level `clock`',
    }),
  },
  "{ publicOrigin: 'https://app.example.com' }",
);

function isOrigin(origin: string): boolean {
  return /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
}

/** {@link HmacOptions} after checking, with the defaults filled in. */
export type ResolvedHmacOptions = Readonly<z.output<typeof hmacSchema>>;

/** The injection token of {@link ResolvedHmacOptions}. */
export const HMAC_OPTIONS = Symbol('nestjs-security:hmac-options');
