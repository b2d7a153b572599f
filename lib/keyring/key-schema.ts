import { createSecretKey } from 'node:crypto';
import { z } from 'zod';
import { MAKE_A_KEY, optionGroup, optionNotes, secretText } from '../common/option-schema.js';
import { Secret } from '../common/secret.js';
import type { KeyState } from './key-entry.js';
import type { RingKey } from './keyring.js';
import { decodeKeySecret, weaknessOf } from './key-secret.js';
import { readSecretFile } from './secret-file.js';

const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
const FILE_PREFIX = 'file:';

/** The id of a key: it is stored beside what the key protects, so it has to stay short and plain. */
export const keyId = z
  .string({ error: 'must be a text.' })
  .regex(KEY_ID, { error: 'must be 1 to 32 of the characters A-Z a-z 0-9 _ -.' });

/** What a key may be used for. */
export const keyState = z.enum(['primary', 'accepted', 'staged', 'revoked'], {
  error: 'must be one of primary, accepted, staged, revoked.',
});

const keyEntry = optionGroup(
  {
    id: keyId.clone().register(optionNotes, {
      about:
        'The public name of the key, 1 to 32 of `A-Z a-z 0-9 _ -`. Never used again for another key.',
    }),
    secret: secretText(MAKE_A_KEY).register(optionNotes, {
      about: '32 random bytes or more, as text, or `file:` and the path of a private file.',
    }),
    state: keyState.optional().register(optionNotes, {
      about: 'What the key may do; given to every key or to none.',
      byDefault: '`primary` for the first, `accepted` for the others',
    }),
  },
  "{ id: '2026-11', secret }",
);

/** A list of keys: decodes and judges every one, and puts the states in. */
export const ringKeysSchema = z
  .array(keyEntry, {
    error: `is missing: give [{ id, secret }], newest first (or set SECURITY_KEYS=id:secret). ${MAKE_A_KEY}`,
  })
  .min(1, {
    error: `has no key: give at least one { id, secret } (or set SECURITY_KEYS=id:secret). ${MAKE_A_KEY}`,
  })
  .transform((entries, context): readonly RingKey[] => {
    const report: Report = (path, message) => context.addIssue({ code: 'custom', path, message });
    const keys = withStates(entries, report).flatMap((entry, index) =>
      decoded(entry, index, report),
    );
    reportTwins(keys, report);
    return keys;
  });

type Entry = z.output<typeof keyEntry>;
type StatedEntry = Omit<Entry, 'state'> & { state: KeyState };

/** Tells that an option is wrong: where, below the one that is checked, and how. */
export type Report = (path: (string | number)[], message: string) => void;

/** Puts the states into a list in which every key has one or none: without any, the first is primary. */
export function withStates<E extends { state?: KeyState | undefined }>(
  entries: readonly E[],
  report: Report,
): readonly (Omit<E, 'state'> & { state: KeyState })[] {
  const stated = entries.filter(({ state }) => state !== undefined).length;
  if (stated > 0 && stated < entries.length) {
    report([], 'gives a state to some keys only: give one to every key or to none.');
  } else if (stated > 0) {
    const primaries = entries.filter(({ state }) => state === 'primary').length;
    if (primaries !== 1) report([], `has ${primaries} primary keys, exactly one is needed.`);
  }
  return entries.map((entry, index) => ({
    ...entry,
    state: entry.state ?? (index === 0 ? 'primary' : 'accepted'),
  }));
}

function decoded({ id, secret, state }: StatedEntry, index: number, report: Report): RingKey[] {
  const bytes = keyBytesOf(secret);
  if (typeof bytes !== 'string') return [{ id, state, key: createSecretKey(bytes) }];
  report([index, 'secret'], bytes);
  return [];
}

/**
 * The bytes of a key given as text, or as `file:` and the path of a file that holds the text.
 *
 * @returns a plain text that says what is wrong, to follow the option's name, when there are none
 */
export function keyBytesOf(secret: Secret): Uint8Array | string {
  const text = textOf(secret);
  if (!(text instanceof Secret)) return text;
  const bytes = decodeKeySecret(text.reveal());
  const problem = bytes ? weaknessOf(bytes) : 'is neither hex nor strict base64url or base64';
  return bytes && problem === undefined ? bytes : `${problem}. ${MAKE_A_KEY}`;
}

function textOf(secret: Secret): Secret | string {
  const text = secret.reveal();
  return text.startsWith(FILE_PREFIX) ? readSecretFile(text.slice(FILE_PREFIX.length)) : secret;
}

function reportTwins(keys: readonly RingKey[], report: Report): void {
  keys.forEach(({ id, key }, index) => {
    const before = keys.slice(0, index);
    if (before.some((other) => other.id === id)) {
      report([], `has the id "${id}" twice: every key needs an id of its own.`);
    }
    const twin = before.find((other) => other.key.equals(key));
    if (twin) report([], `has the same secret under "${twin.id}" and "${id}": remove one.`);
  });
}
