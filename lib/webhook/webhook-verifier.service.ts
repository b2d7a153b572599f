import { Inject, Injectable } from '@nestjs/common';
import type { RequestFacts } from '../context/http-request.js';
import { SecurityConfigurationError } from '../errors/security-configuration.error.js';
import { SecurityEvents } from '../events/security-events.js';
import { matchesAnyHmac } from '../hmac/hmac-sha256.js';
import {
  WEBHOOK_OPTIONS,
  type ResolvedWebhookOptions,
  type WebhookReceiver,
} from './webhook.options.js';

/** A delivery as it came. */
export interface WebhookDelivery {
  /** The request's headers, names in lower case as Node gives them. */
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body exactly as it came, before any parsing. */
  rawBody: Uint8Array;
  /** Where it came from, for the audit log. */
  facts?: RequestFacts;
}

/** What {@link WebhookVerifier.verify} found. */
export type WebhookVerdict =
  | { readonly ok: true; readonly receiver: string }
  | { readonly ok: false; readonly reason: WebhookRefusal };

/** Why a delivery was refused; for logs, never for the sender. */
export type WebhookRefusal = 'signature-missing' | 'signature-mismatch' | 'body-not-kept';

/**
 * Verifies webhook deliveries, for code that does not use {@link VerifyWebhook}.
 *
 * @example
 * const verdict = await verifier.verify('github', { headers: request.headers, rawBody: request.rawBody });
 * if (!verdict.ok) throw new UnauthorizedException();
 */
@Injectable()
export class WebhookVerifier {
  constructor(
    @Inject(WEBHOOK_OPTIONS) private readonly options: ResolvedWebhookOptions,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Verifies a delivery over its raw body, in constant time. Refusals are reported as `webhook_refused`.
   *
   * @param receiver its name in `webhook.receivers`
   * @throws SecurityConfigurationError `WEBHOOK_RECEIVER_UNKNOWN` when no such receiver is configured
   * @throws TypeError when `rawBody` is a parsed body instead of bytes
   */
  async verify(receiver: string, delivery: WebhookDelivery): Promise<WebhookVerdict> {
    const reason = judge(this.receiver(receiver), delivery);
    return reason === undefined
      ? { ok: true, receiver }
      : this.refuse(receiver, reason, delivery.facts);
  }

  /**
   * Refuses a delivery, and reports it.
   *
   * @internal
   */
  refuse(receiver: string, reason: WebhookRefusal, facts?: RequestFacts): WebhookVerdict {
    this.events.report({
      event: 'webhook_refused',
      outcome: 'failure',
      reason,
      target: { type: 'webhook-receiver', id: receiver },
      ...facts,
    });
    return { ok: false, reason };
  }

  /**
   * The settings of a receiver.
   *
   * @internal
   */
  receiver(name: string): WebhookReceiver {
    const receiver = this.options.receivers.get(name);
    if (receiver) return receiver;
    const option = `webhook.receivers.${name}`;
    const message = `is not configured, and @VerifyWebhook('${name}') needs it: give { secret }${variableFor(name)}.`;
    throw new SecurityConfigurationError('WEBHOOK_RECEIVER_UNKNOWN', [{ option, message }]);
  }
}

/** The variable that configures a receiver, for a name that variables can spell. */
function variableFor(name: string): string {
  if (!/^[a-z0-9-]+$/.test(name)) return '';
  return `, or set SECURITY_WEBHOOK_RECEIVERS_${name.toUpperCase().replaceAll('-', '_')}_SECRET`;
}

function judge(
  { scheme, key }: WebhookReceiver,
  delivery: WebhookDelivery,
): WebhookRefusal | undefined {
  const signature = delivery.headers[scheme.signatureHeader];
  if (signature === undefined) return 'signature-missing';
  return matchesAnyHmac([key], delivery.rawBody, signature, scheme.prefix)
    ? undefined
    : 'signature-mismatch';
}
