import { z } from 'zod';
import { environmentReaders, splitList } from '../common/option-schema.js';
import { KeyProvider } from './key-provider.js';
import { ringKeysSchema } from './key-schema.js';
import type { RingKey } from './keyring.js';

/**
 * The schema of `keys`: a list, or a provider that gives one. Which of them it is gets decided first, so
 * that an error speaks of what was meant.
 */
export const keysSchema = z
  .unknown()
  .transform((value, context): readonly RingKey[] | KeyProvider => {
    if (value instanceof KeyProvider) return value;
    const parsed = ringKeysSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const { message, path } of parsed.error.issues)
      context.addIssue({ code: 'custom', message, path });
    return z.NEVER;
  });

environmentReaders.add(keysSchema, {
  secret: true,
  read: (text) =>
    splitList(text).map((item) => {
      const colon = item.indexOf(':');
      return { id: item.slice(0, Math.max(colon, 0)), secret: item.slice(colon + 1) };
    }),
});
