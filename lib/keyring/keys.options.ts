import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  environmentReaders,
  MAKE_A_KEY,
  optionGroup,
  secretText,
  splitList,
} from '../common/option-schema.js';
import type { KeyState } from './key-entry.js';
import type { RingKey } from './keyring.js';
import { decodeKeySecret, weaknessOf } from './key-secret.js';

const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** The id of a key: it is stored beside what the key protects, so it has to stay short and plain. */
export const keyId = z
  .string({ error: 'must be a text.' })
  .regex(KEY_ID, { error: 'must be 1 to 32 of the characters A-Z a-z 0-9 _ -.' });

const keyEntry = optionGroup(
  {
    id: keyId,
    secret: secretText(MAKE_A_KEY),
    state: z
      .enum(['primary', 'accepted', 'staged', 'revoked'], {
        error: 'must be one of primary, accepted, staged, revoked.',
      })
      .optional(),
  },
  "{ id: '2026-11', secret }",
);

/** The schema of `keys`: decodes and judges every key, and puts the states in. */
export const keysSchema = z
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

environmentReaders.add(keysSchema, {
  secret: true,
  read: (text) =>
    splitList(text).map((item) => {
      const colon = item.indexOf(':');
      return { id: item.slice(0, Math.max(colon, 0)), secret: item.slice(colon + 1) };
    }),
});

type Entry = z.output<typeof keyEntry>;
type StatedEntry = Omit<Entry, 'state'> & { state: KeyState };
type Report = (path: (string | number)[], message: string) => void;

function withStates(entries: readonly Entry[], report: Report): readonly StatedEntry[] {
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
  const bytes = decodeKeySecret(secret.reveal());
  const problem = bytes ? weaknessOf(bytes) : 'is neither hex nor strict base64url or base64';
  if (!bytes || problem !== undefined) {
    report([index, 'secret'], `${problem}. ${MAKE_A_KEY}`);
    return [];
  }
  return [{ id, state, bytes }];
}

function reportTwins(keys: readonly RingKey[], report: Report): void {
  const ids = new Set<string>();
  const idByDigest = new Map<string, string>();
  for (const { id, bytes } of keys) {
    if (ids.has(id)) report([], `has the id "${id}" twice: every key needs an id of its own.`);
    ids.add(id);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const twin = idByDigest.get(digest);
    if (twin !== undefined)
      report([], `has the same secret under "${twin}" and "${id}": remove one.`);
    idByDigest.set(digest, id);
  }
}
