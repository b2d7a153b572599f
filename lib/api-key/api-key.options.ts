import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  environmentReaders,
  optionGroup,
  optionNotes,
  splitPairs,
} from '../common/option-schema.js';
import { decodeHex } from '../common/encoding.js';
import { keyId } from '../keyring/key-schema.js';

const DIGEST_BYTES = 32;
const DIGEST_FORM = `must be 64 hexadecimal digits: the SHA-256 of the key. Make a key and its digest with: node -p "k=crypto.randomBytes(32).toString('base64url'); k+' '+crypto.createHash('sha256').update(k).digest('hex')"`;
const SCOPE = /^[A-Za-z0-9._:/-]{1,64}$/;
const SCOPE_FORM = 'must be 1 to 64 of the characters A-Z a-z 0-9 . _ : / -.';
const DIGEST_OF_NOTHING = createHash('sha256').digest('hex');

/** An API key that is given by the options: its id, and the digest by which it is recognised. */
export interface StaticApiKeyOptions {
  /** The public name of the key: 1 to 32 of `A-Z a-z 0-9 _ -`. Appears in the audit log. */
  id: string;
  /**
   * SHA-256 of the whole key (as UTF-8), in 64 hexadecimal digits, not of mixed case. The key itself is
   * stored nowhere.
   */
  sha256: string;
  /**
   * What the key may be used for, as {@link RequireScopes} asks: each 1 to 64 of `A-Z a-z 0-9 . _ : / -`.
   *
   * @default none
   */
  scopes?: readonly string[];
}

/** Settings of {@link ApiKeyGuard} and {@link ApiKeyService}. */
export interface ApiKeyOptions {
  /**
   * The keys that are accepted.
   *
   * @default none: the guard and the service fail with `APIKEY_NOT_CONFIGURED`
   * @example
   * apiKey: { keys: [{ id: 'ci', sha256: process.env.CI_KEY_SHA256! }] }
   */
  keys?: readonly StaticApiKeyOptions[];
}

/** A static key after checking. */
export interface StaticApiKey {
  readonly id: string;
  readonly digest: Buffer;
  readonly scopes: readonly string[];
}

const staticKey = optionGroup(
  {
    id: keyId.clone().register(optionNotes, {
      about: 'The public name of the key, 1 to 32 of `A-Z a-z 0-9 _ -`.',
    }),
    sha256: z
      .string({ error: DIGEST_FORM })
      .refine((text) => text.toLowerCase() !== DIGEST_OF_NOTHING, {
        error: 'is the SHA-256 of an empty text: the variable that held the key was not set.',
      })
      .register(optionNotes, { about: 'SHA-256 of the whole key, in 64 hexadecimal digits.' }),
    scopes: z
      .array(z.string({ error: SCOPE_FORM }).regex(SCOPE, { error: SCOPE_FORM }), {
        error: 'must be a list of scopes.',
      })
      .default([])
      .register(optionNotes, {
        about: 'What the key may be used for, as `@RequireScopes()` asks.',
        type: 'list',
        byDefault: 'none',
      }),
  },
  "{ id: 'ci', sha256 }",
).transform(({ id, sha256, scopes }, context): StaticApiKey => {
  const digest = decodeHex(sha256);
  if (digest?.length === DIGEST_BYTES) return { id, digest, scopes };
  context.addIssue({ code: 'custom', path: ['sha256'], message: DIGEST_FORM });
  return z.NEVER;
});

const staticKeys = z
  .array(staticKey, { error: 'must be a list of { id, sha256 }.' })
  .superRefine((keys, context) => {
    keys.forEach(({ id, digest }, index) => {
      const others = keys.slice(0, index);
      if (others.some((other) => other.id === id)) {
        context.addIssue({
          code: 'custom',
          message: `has the id "${id}" twice: every key needs an id of its own.`,
        });
      } else if (others.some((other) => other.digest.equals(digest))) {
        context.addIssue({
          code: 'custom',
          message: `has one key under two ids, the second is "${id}": remove one.`,
        });
      }
    });
  });

environmentReaders.add(staticKeys, {
  read: (text) => splitPairs(text).map(({ name, value }) => ({ id: name, sha256: value })),
});

/** The schema of `apiKey`. */
export const apiKeySchema = optionGroup(
  {
    keys: staticKeys.optional().register(optionNotes, {
      about: 'The API keys that are accepted.',
      byDefault: 'none; the guard cannot be used',
    }),
  },
  '{ keys: [{ id, sha256 }] }',
);

/** {@link ApiKeyOptions} after checking. */
export type ResolvedApiKeyOptions = Readonly<z.output<typeof apiKeySchema>>;

/** The injection token of {@link ResolvedApiKeyOptions}. */
export const API_KEY_OPTIONS = Symbol('nestjs-security:api-key-options');

/** Which API keys are accepted, for the boot log; nothing without any. */
export function describeApiKeys({ keys }: ResolvedApiKeyOptions): string | undefined {
  return keys && `API keys: ${keys.map(({ id }) => id).join(', ') || 'none'}`;
}
