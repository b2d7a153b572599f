import { z } from 'zod';
import {
  environmentReaders,
  optionGroup,
  optionNotes,
  text,
  wholeNumber,
} from '../../common/option-schema.js';

const ON_ERROR = ['allow', 'deny', 'report'] as const;

/**
 * How passwords are looked up among those known from breaches: at a range API, which is told five hexadecimal
 * digits of a SHA-1 and nothing else, or in a file on this machine.
 */
export interface BreachCheckOptions {
  /**
   * Where the range API is, for a mirror of your own; asked for `/range/` and five digits. Not used with
   * `file`.
   *
   * @default 'https://api.pwnedpasswords.com'
   */
  baseUrl?: string;
  /**
   * How long an answer of the range API is waited for, body included, in milliseconds: 50 to 60000.
   *
   * @default 1500
   */
  timeoutMs?: number;
  /**
   * How many answers of the range API are kept, about 40 KB each: 1 to 10000.
   *
   * @default 100
   */
  cacheEntries?: number;
  /**
   * How many seconds an answer of the range API is kept, 1 to 604800.
   *
   * @default 3600
   */
  cacheSeconds?: number;
  /**
   * The path of a file to search in place of the range API: Pwned Passwords, SHA-1, ordered by hash, a line
   * `HASH:COUNT` each. Not loaded: some twenty small reads find a hash in 40 GB.
   *
   * @default none: the range API is asked
   */
  file?: string;
  /**
   * What a check that fails means: `report` accepts the password and reports
   * `password_breach_check_failed`, `deny` refuses it and reports, too, `allow` accepts it in silence.
   *
   * @default 'report'
   */
  onError?: (typeof ON_ERROR)[number];
  /**
   * In how many breaches a password must have been seen to be refused, 1 to 1000000.
   *
   * @default 1
   */
  minCount?: number;
}

const BASE_URL_ERROR =
  'must be an http or https URL without user, query or fragment, such as https://api.pwnedpasswords.com.';

const baseUrl = text(BASE_URL_ERROR)
  .refine(isBaseUrl, { error: BASE_URL_ERROR })
  .transform((url) => url.replace(/\/+$/, ''));

const onError = z.enum(ON_ERROR, { error: `must be one of ${ON_ERROR.join(', ')}.` });
environmentReaders.add(onError, { read: (value) => value });
environmentReaders.add(baseUrl, { read: (value) => value });

/** The schema of `password.policy.breached`. */
export const breachCheckSchema = optionGroup(
  {
    baseUrl: baseUrl.prefault('https://api.pwnedpasswords.com').register(optionNotes, {
      about: 'Where the range API for passwords known from breaches is.',
      type: 'URL',
    }),
    timeoutMs: wholeNumber('milliseconds', 50, 60_000)
      .default(1_500)
      .register(optionNotes, { about: 'How long an answer of the range API is waited for.' }),
    cacheEntries: wholeNumber('answers', 1, 10_000)
      .default(100)
      .register(optionNotes, { about: 'How many answers are kept, about 40 KB each.' }),
    cacheSeconds: wholeNumber('seconds', 1, 604_800)
      .default(3_600)
      .register(optionNotes, { about: 'How long an answer is kept.' }),
    file: text('must be the path of a file.').optional().register(optionNotes, {
      about: 'A file to search in place of the range API: SHA-1, ordered by hash.',
      byDefault: 'the range API is asked',
    }),
    onError: onError
      .default('report')
      .register(optionNotes, { about: 'What a check that fails means for the password.' }),
    minCount: wholeNumber('breaches', 1, 1_000_000)
      .default(1)
      .register(optionNotes, { about: 'How often a refused password must have been seen.' }),
  },
  "{ onError: 'report' }",
);

/** {@link BreachCheckOptions} after checking, with the defaults filled in. */
export type ResolvedBreachCheckOptions = Readonly<z.output<typeof breachCheckSchema>>;

function isBaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  const isBare = username === '' && password === '' && search === '' && hash === '';
  return isBare && /^https?:$/.test(protocol) && !/[?#\s]/.test(value);
}
