import { applyDecorators, UseGuards } from '@nestjs/common';
import { WebhookReceiverName } from './webhook-receiver-name.decorator.js';
import { WebhookGuard } from './webhook.guard.js';

/**
 * Lets only genuine deliveries of a provider reach a route: the signature is verified over the raw body
 * before the handler runs, everything else is answered 401. The application must be created with
 * `rawBody: true`; without it (`WEBHOOK_RAW_BODY_MISSING`), or without the receiver in the options
 * (`WEBHOOK_RECEIVER_UNKNOWN`), it refuses to start.
 *
 * @param receiver its name in `webhook.receivers`
 * @example
 * @Post('webhooks/github')
 * @HttpCode(204)
 * @VerifyWebhook('github')
 * onGitHubEvent(@Headers('x-github-event') event: string, @Body() payload: object) {}
 */
export function VerifyWebhook(receiver: string): MethodDecorator & ClassDecorator {
  return applyDecorators(WebhookReceiverName(receiver), UseGuards(WebhookGuard));
}
