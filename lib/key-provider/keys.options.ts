import { z } from 'zod';
import {
  environmentReaders,
  optionForms,
  optionGroup,
  optionNotes,
} from '../common/option-schema.js';
import { parseKeyList } from '../keyring/key-list.js';
import { KeyProvider } from '../keyring/key-provider.js';
import { ringKeysSchema } from '../keyring/key-schema.js';
import type { RingKey } from '../keyring/keyring.js';
import { managedKeysSchema } from './managed-keys.options.js';

const managedSchema = optionGroup(
  { managed: managedKeysSchema },
  '{ managed: { store, rootKey } }',
);

/** The option `keys` after checking: a list, a provider that gives one, or the settings of a managed ring. */
export type ResolvedKeys = readonly RingKey[] | KeyProvider | z.output<typeof managedSchema>;

/**
 * The schema of `keys`. Which of its forms was meant is decided first, so that an error speaks of that one.
 */
export const keysSchema = z.unknown().transform((value, context): ResolvedKeys => {
  if (value instanceof KeyProvider) return value;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const parsed = (isObject ? managedSchema : ringKeysSchema).safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { message, path } of parsed.error.issues)
    context.addIssue({ code: 'custom', message, path });
  return z.NEVER;
});

optionForms.set(keysSchema, [ringKeysSchema, managedSchema]);
optionNotes.add(keysSchema, {
  about: 'The keys, newest first; or a `KeyProvider`; or a managed ring.',
  type: 'list or object',
});
environmentReaders.add(keysSchema, { secret: true, read: parseKeyList });
