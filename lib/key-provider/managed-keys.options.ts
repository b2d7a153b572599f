import { z } from 'zod';
import type { Clock } from '../common/clock.js';
import {
  clock,
  MAKE_A_KEY,
  optionGroup,
  optionNotes,
  secretText,
  text,
  wholeNumber,
} from '../common/option-schema.js';
import { Secret } from '../common/secret.js';
import type { KeyRefreshOptions } from '../keyring/key-provider.js';
import { keyBytesOf } from '../keyring/key-schema.js';
import { KeyRingStore } from './key-ring-store.js';
import { LocalCopy } from './local-copy.js';
import { ManagedKeyProvider } from './managed.key-provider.js';
import { rootKeyFromBytes } from './ring-seal.js';
import type { RootKey, RootKeyOption, RootKeyWrapper } from './root-key.js';

const DAY_MS = 86_400_000;

/**
 * A ring that creates, stages and activates its keys by the calendar.
 *
 * @example
 * keys: { managed: { store: new DirectoryKeyRingStore('./data/keys'), rootKey: 'file:/run/secrets/root' } }
 */
export interface ManagedKeysOptions extends KeyRefreshOptions {
  /** Where the sealed ring is kept for all nodes, such as `new DirectoryKeyRingStore('./data/keys')`. */
  store: KeyRingStore;
  /** Under what the ring is sealed: one root key, or several, newest first: the first seals, all open. */
  rootKey: RootKeyOption | readonly RootKeyOption[];
  /**
   * Whether an empty store gets a first ring. Without it, an empty store stops the start, so that a lost
   * store is never taken for a new application.
   *
   * @default false
   */
  create?: boolean;
  /**
   * How many days a key creates before the next one takes over, 1 to 3650.
   *
   * @default 90
   */
  lifetimeDays?: number;
  /**
   * How many days before its turn a key is put into the store, so that all nodes get to know it: 1 to 365,
   * and below `lifetimeDays`.
   *
   * @default 2
   */
  propagationDays?: number;
  /**
   * The path of a file that keeps the ring that this machine saw last, sealed, for a start while the store
   * is down.
   *
   * @default none
   */
  localCopy?: string;
  /**
   * Tells the time in milliseconds.
   *
   * @default the top-level `clock`
   */
  clock?: Clock;
}

const ROOT_KEY_ERROR = `must be a text of 32 bytes or more, "file:<path>", or an object with wrap() and unwrap(). ${MAKE_A_KEY}`;

const rootKey = z.unknown().transform((value, context): RootKey => {
  if (isWrapper(value)) return value;
  const problem = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  const parsed = secretText(ROOT_KEY_ERROR).safeParse(value);
  if (!parsed.success) return problem(parsed.error.issues[0]?.message ?? ROOT_KEY_ERROR);
  const bytes = keyBytesOf(parsed.data);
  return typeof bytes === 'string' ? problem(bytes) : rootKeyFromBytes(bytes);
});

const rootKeys = z
  .preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(rootKey))
  .transform((keys, context): readonly [RootKey, ...RootKey[]] => {
    const [first, ...others] = keys;
    if (first) return [first, ...others];
    context.addIssue({ code: 'custom', message: ROOT_KEY_ERROR });
    return z.NEVER;
  });

/** The schema of `keys.managed`. */
export const managedKeysSchema = optionGroup(
  {
    store: z
      .instanceof(KeyRingStore, {
        error: "must be a KeyRingStore, such as new DirectoryKeyRingStore('./data/keys').",
      })
      .register(optionNotes, {
        about: 'Where the sealed ring is kept for all nodes.',
        type: '`KeyRingStore`',
      }),
    rootKey: rootKeys.register(optionNotes, {
      about:
        'Under what the ring is sealed: text, `file:` and a path, a wrapper, or a list of these, newest first.',
      type: 'secret, object or list',
    }),
    create: z
      .boolean({ error: 'must be true or false.' })
      .default(false)
      .register(optionNotes, { about: 'Whether an empty store gets a first ring.' }),
    lifetimeDays: wholeNumber('days', 1, 3650)
      .default(90)
      .register(optionNotes, { about: 'How long a key creates before the next one takes over.' }),
    propagationDays: wholeNumber('days', 1, 365)
      .default(2)
      .register(optionNotes, { about: 'How long before its turn a key is put into the store.' }),
    localCopy: text('must be the path of a file.').optional().register(optionNotes, {
      about: 'A file that keeps the ring seen last, sealed, for a start while the store is down.',
      byDefault: 'none',
    }),
    refreshSeconds: wholeNumber('seconds', 1, 86_400).default(300).register(optionNotes, {
      about: 'The time between two questions to the store, give or take a tenth.',
    }),
    timeoutMs: wholeNumber('milliseconds', 1, 600_000)
      .default(5_000)
      .register(optionNotes, { about: 'How long an answer is waited for.' }),
    maxStaleSeconds: wholeNumber('seconds', 1, 31_536_000)
      .default(86_400)
      .register(optionNotes, { about: 'How long the last good answer is used when none comes.' }),
    clock: clock().optional().register(optionNotes, {
      about: 'Tells the time in milliseconds.',
      byDefault: 'the top-level `clock`',
    }),
  },
  '{ store, rootKey }',
).refine(({ lifetimeDays, propagationDays }) => propagationDays < lifetimeDays, {
  error: 'needs a lifetimeDays above propagationDays.',
});

/** Makes the provider that options of `keys.managed` describe. */
export function managedKeyProvider(
  options: z.output<typeof managedKeysSchema>,
): ManagedKeyProvider {
  const { lifetimeDays, propagationDays, localCopy, rootKey: roots, ...others } = options;
  return new ManagedKeyProvider({
    ...others,
    rootKeys: roots,
    clock: options.clock ?? Date.now,
    calendar: { lifetimeMs: lifetimeDays * DAY_MS, propagationMs: propagationDays * DAY_MS },
    localCopy: localCopy === undefined ? undefined : new LocalCopy(localCopy),
  });
}

function isWrapper(value: unknown): value is RootKeyWrapper {
  if (typeof value !== 'object' || value === null || value instanceof Secret) return false;
  return (
    'wrap' in value &&
    typeof value.wrap === 'function' &&
    'unwrap' in value &&
    typeof value.unwrap === 'function'
  );
}
