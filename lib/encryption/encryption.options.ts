import { z } from 'zod';
import type { Clock } from '../common/clock.js';
import { clock, optionGroup, optionNotes, wholeNumber } from '../common/option-schema.js';
import type { Secret } from '../common/secret.js';
import type { KeyState } from '../keyring/key-entry.js';
import { Keyring, type RingKey } from '../keyring/keyring.js';
import { fernetKeysSchema, sharedKey } from './fernet-key-schema.js';

const RING_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;
const DEFAULT_MAX_PLAINTEXT_BYTES = 16 * 1024 * 1024;
const DEFAULT_CLOCK_SKEW_SECONDS = 60;

/** A Fernet key that has a name. */
export interface NamedFernetKey {
  /**
   * The public name of the key: 1 to 32 of `A-Z a-z 0-9 _ -`. It stands in what `seal` gives. Never give the
   * same id to another key.
   *
   * @default 8 characters made from the key
   */
  id?: string;
  /** The key as Python's `Fernet.generate_key()` makes it: 44 characters of padded base64url. */
  key: string | Secret;
  /**
   * Give a state to every key or to none.
   *
   * @default the first key is `primary`, the others are `accepted`
   */
  state?: KeyState;
}

/** Settings of one ring of `encryption.rings`. */
export interface EncryptionRingOptions {
  /**
   * Fernet keys of this ring alone, newest first.
   *
   * @default keys derived from the top-level `keys` and the ring's name
   */
  keys?: readonly (string | Secret | NamedFernetKey)[];
}

/** Settings of {@link EncryptionService}. */
export interface EncryptionOptions {
  /**
   * Fernet keys as Python's `Fernet.generate_key()` makes them (44 characters), newest first: the first
   * encrypts, all decrypt. Give them where other software must read the tokens.
   *
   * @default keys derived from the top-level `keys`
   */
  keys?: readonly (string | Secret | NamedFernetKey)[];
  /**
   * Rings beside the one without a name, by names of 1 to 32 of `A-Z a-z 0-9 _ -`, a letter first. What one
   * ring encrypted, no other opens. {@link EncryptionService.ring} gives their verbs.
   *
   * @default none
   * @example
   * encryption: { rings: { pii: {} } }
   */
  rings?: Readonly<Record<string, EncryptionRingOptions>>;
  /**
   * The longest plaintext in bytes, 1 to 268435456 (256 MiB). Longer tokens are refused before they are decoded.
   *
   * @default 16777216 (16 MiB)
   */
  maxPlaintextBytes?: number;
  /**
   * How many seconds the clock of the machine that made a token may run ahead of ours, 0 to 86400; looked at only
   * when `ttlSeconds` is given, as Python's `cryptography` does.
   *
   * @default 60
   */
  clockSkewSeconds?: number;
  /**
   * Tells the time in milliseconds.
   *
   * @default the top-level `clock`
   */
  clock?: Clock;
}

const rings = z
  .record(
    z.string().regex(RING_NAME),
    optionGroup(
      {
        keys: fernetKeysSchema.optional().register(optionNotes, {
          about: 'Fernet keys of this ring alone, as `encryption.keys`.',
          byDefault: "keys derived from the top-level `keys` and the ring's name",
        }),
      },
      '{ keys: [<Fernet key>] }, or {}',
    ),
    {
      error: (issue) =>
        issue.code === 'invalid_key'
          ? 'has a name that is not 1 to 32 of A-Z a-z 0-9 _ - with a letter first.'
          : 'must be an object such as { pii: {} }.',
    },
  )
  .default({})
  .transform(
    (entries): ReadonlyMap<string, ResolvedEncryptionRing> => new Map(Object.entries(entries)),
  );

/** {@link EncryptionRingOptions} after checking. */
export interface ResolvedEncryptionRing {
  /** Without any, keys are derived from the shared ones. */
  readonly keys?: readonly RingKey[] | undefined;
}

/** The schema of `encryption`. */
export const encryptionSchema = optionGroup(
  {
    keys: fernetKeysSchema.optional().register(optionNotes, {
      about:
        'Fernet keys shared with other software, newest first: the first encrypts, all decrypt.',
      byDefault: 'keys derived from the top-level `keys`',
    }),
    rings: rings.register(optionNotes, {
      about: 'Rings beside the one without a name: 1 to 32 of `A-Z a-z 0-9 _ -`, a letter first.',
      byDefault: 'none',
    }),
    maxPlaintextBytes: wholeNumber('bytes', 1, 256 * 1024 * 1024)
      .default(DEFAULT_MAX_PLAINTEXT_BYTES)
      .register(optionNotes, { about: 'The longest plaintext.' }),
    clockSkewSeconds: wholeNumber('seconds', 0, 86_400)
      .default(DEFAULT_CLOCK_SKEW_SECONDS)
      .register(optionNotes, {
        about: 'How far the clock that made a token may run ahead, when `ttlSeconds` is given.',
      }),
    clock: clock().optional().register(optionNotes, {
      about: 'Tells the time in milliseconds.',
      byDefault: 'the top-level `clock`',
    }),
  },
  '{ keys: [<Fernet key>] }',
).superRefine(({ keys = [], rings: named }, context) => {
  // When something within is wrong, the transform to a map was not reached.
  if (!(named instanceof Map)) return;
  const seen = [...keys];
  for (const [name, ring] of named) {
    const shared = sharedKey(ring.keys ?? [], seen);
    if (shared !== undefined) {
      const message = `has the key "${shared}", of which another ring has a half, too: give each ring keys of its own.`;
      context.addIssue({ code: 'custom', path: ['rings', name, 'keys'], message });
    }
    seen.push(...(ring.keys ?? []));
  }
});

/** {@link EncryptionOptions} after checking, with the defaults filled in. */
export type ResolvedEncryptionOptions = Readonly<z.output<typeof encryptionSchema>>;

/** The injection token of {@link ResolvedEncryptionOptions}. */
export const ENCRYPTION_OPTIONS = Symbol('nestjs-security:encryption-options');

/** What encrypts and decrypts, for the boot log: a line for each ring. */
export function describeEncryption({
  keys,
  rings: named,
}: ResolvedEncryptionOptions): readonly string[] {
  const lines = Array.from(
    named,
    ([name, ring]) => `encryption ring ${name}: ${describeKeys(ring.keys)}`,
  );
  return [`encryption: ${describeKeys(keys)}`, ...lines];
}

function describeKeys(keys: readonly RingKey[] | undefined): string {
  return keys
    ? `Fernet under keys of its own, ${new Keyring(keys).describe()}`
    : 'Fernet under keys derived from "keys"';
}
