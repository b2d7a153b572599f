import { createSecretKey } from 'node:crypto';
import { z } from 'zod';
import {
  environmentReaders,
  optionForms,
  optionGroup,
  optionNotes,
  secretText,
  splitList,
} from '../common/option-schema.js';
import { Secret } from '../common/secret.js';
import { keyId, keyState, withStates } from '../keyring/key-schema.js';
import type { RingKey } from '../keyring/keyring.js';
import { decodeFernetKey, fernetKeyId, shareHalf } from './fernet-key.js';

const MAKE_A_FERNET_KEY = `Make one with: node -p "crypto.randomBytes(32).toString('base64url')+'='"`;

const namedKey = optionGroup(
  {
    id: keyId.optional().register(optionNotes, {
      about: 'The public name of the key.',
      byDefault: '8 characters made from the key',
    }),
    key: secretText(MAKE_A_FERNET_KEY).register(optionNotes, {
      about: 'A Fernet key, 44 characters. In the place of the object, the bare text will do.',
    }),
    state: keyState.clone().optional().register(optionNotes, {
      about: 'What the key may do; given to every key or to none.',
      byDefault: '`primary` for the first, `accepted` for the others',
    }),
  },
  "'<Fernet key>' or { id: '2026-11', key }",
);

const fernetKey = z.unknown().transform((value, context) => {
  const isBare = typeof value !== 'object' || value === null || value instanceof Secret;
  const parsed = namedKey.safeParse(isBare ? { key: value } : value);
  if (!parsed.success) {
    for (const { message, path } of parsed.error.issues) {
      context.addIssue({ code: 'custom', message, path: isBare ? [] : path });
    }
    return z.NEVER;
  }
  const { id, key, state } = parsed.data;
  const bytes = decodeFernetKey(key.reveal());
  if (typeof bytes === 'string') {
    context.addIssue({ code: 'custom', message: `${bytes}. ${MAKE_A_FERNET_KEY}` });
    return z.NEVER;
  }
  return { id: id ?? fernetKeyId(bytes), state, key: createSecretKey(bytes) };
});

optionForms.set(fernetKey, [namedKey]);

const ringError = `must be a list of Fernet keys, newest first. ${MAKE_A_FERNET_KEY}`;

/** A list of Fernet keys, each of 32 bytes: decodes and judges every one, and puts the states in. */
export const fernetKeysSchema = z
  .array(fernetKey, { error: ringError })
  .min(1, {
    error: `has no key: remove it to use keys derived from "keys", or give one. ${MAKE_A_FERNET_KEY}`,
  })
  .transform((entries, context): readonly RingKey[] => {
    const keys = withStates(entries, (path, message) =>
      context.addIssue({ code: 'custom', path, message }),
    );
    const twin = twinAmong(keys);
    if (twin !== undefined) {
      const message = `has two keys that share an id or half of their bytes (the second is "${twin}"): remove one. A token could open under the wrong one of them.`;
      context.addIssue({ code: 'custom', message });
    }
    return keys;
  });

environmentReaders.add(fernetKeysSchema, { read: splitList, secret: true });

/** The id of the first key that shares its id or one of its halves with one before it. */
function twinAmong(keys: readonly RingKey[]): string | undefined {
  return keys.find((key, index) => keys.slice(0, index).some((other) => clash(key, other)))?.id;
}

function clash(a: RingKey, b: RingKey): boolean {
  return a.id === b.id || shareHalf(a.key.export(), b.key.export());
}

/** The id of the first of these keys that shares one of its halves with a key of another ring. */
export function sharedKey(
  keys: readonly RingKey[],
  others: readonly RingKey[],
): string | undefined {
  return keys.find(({ key }) => others.some((other) => shareHalf(key.export(), other.key.export())))
    ?.id;
}
