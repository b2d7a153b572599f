import { createSecretKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { optionGroup, optionNotes, secretText, text } from '../common/option-schema.js';
import type { Secret } from '../common/secret.js';
import { WEBHOOK_SCHEMES } from './schemes/index.js';
import type { WebhookScheme } from './webhook-scheme.js';

const RECEIVER_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const MEND_SECRET = 'Give the secret that you set at the provider.';

/** Settings of one receiver: one endpoint that one provider delivers to. */
export interface WebhookReceiverOptions {
  /**
   * How the provider signs. `github` is known.
   *
   * @default the name of the receiver
   */
  scheme?: string;
  /** The secret that was set at the provider, as text; used as its UTF-8 bytes. */
  secret: string | Secret;
}

/** Settings of {@link VerifyWebhook} and {@link WebhookVerifier}. */
export interface WebhookOptions {
  /**
   * The receivers by name, as `@VerifyWebhook(name)` refers to them: 1 to 64 of `A-Z a-z 0-9 _ -`, a letter
   * first.
   *
   * @default none
   * @example
   * webhook: { receivers: { github: { secret: process.env.GITHUB_SECRET! } } }
   */
  receivers?: Readonly<Record<string, WebhookReceiverOptions>>;
}

/** A receiver after checking. */
export interface WebhookReceiver {
  readonly scheme: WebhookScheme;
  readonly key: KeyObject;
}

const receiver = optionGroup(
  {
    scheme: text('must be the name of a scheme.').optional().register(optionNotes, {
      about: 'How the provider signs: `github`.',
      byDefault: 'the name of the receiver',
    }),
    secret: secretText(MEND_SECRET).register(optionNotes, {
      about: 'The secret that was set at the provider; its UTF-8 bytes are the key.',
    }),
  },
  "{ scheme: 'github', secret }",
);

const receiversSchema = z
  .record(z.string().regex(RECEIVER_NAME), receiver, {
    error: (issue) =>
      issue.code === 'invalid_key'
        ? 'has a name that is not 1 to 64 of A-Z a-z 0-9 _ - with a letter first.'
        : 'must be an object such as { github: { secret } }.',
  })
  .default({})
  .transform((entries, context): ReadonlyMap<string, WebhookReceiver> => {
    const resolved = new Map<string, WebhookReceiver>();
    for (const [name, { scheme: schemeName = name, secret }] of Object.entries(entries)) {
      const scheme = WEBHOOK_SCHEMES.get(schemeName);
      if (scheme) {
        resolved.set(name, { scheme, key: createSecretKey(secret.reveal(), 'utf8') });
      } else {
        const known = [...WEBHOOK_SCHEMES.keys()].join(', ');
        context.addIssue({
          code: 'custom',
          path: [name, 'scheme'],
          message: `must be one of: ${known}.`,
        });
      }
    }
    return resolved;
  });

/** The schema of `webhook`. */
export const webhookSchema = optionGroup(
  {
    receivers: receiversSchema.register(optionNotes, {
      about: 'The receivers by name, 1 to 64 of `A-Z a-z 0-9 _ -`, a letter first.',
      byDefault: 'none',
    }),
  },
  '{ receivers: { github: { secret } } }',
);

/** {@link WebhookOptions} after checking. */
export type ResolvedWebhookOptions = Readonly<z.output<typeof webhookSchema>>;

/** The injection token of {@link ResolvedWebhookOptions}. */
export const WEBHOOK_OPTIONS = Symbol('nestjs-security:webhook-options');

/** Which webhooks are received, for the boot log; nothing without any. */
export function describeWebhooks({ receivers }: ResolvedWebhookOptions): string | undefined {
  if (receivers.size === 0) return undefined;
  const names = [...receivers].map(([name, { scheme }]) =>
    name === scheme.name ? name : `${name} (${scheme.name})`,
  );
  return `webhooks: ${names.join(', ')}`;
}
