import { Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { AuditService, VerifyWebhook } from 'nestjs-security';

declare module 'nestjs-security' {
  /** What this application records and no vocabulary names. */
  interface DeclaredAuditEvents {
    webhook_received: true;
  }
}

const EVENT_NAME = /^[a-z_]{1,64}$/;

/** Takes what GitHub delivers. */
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly audit: AuditService) {}

  @Post('github')
  @HttpCode(200)
  @VerifyWebhook('github')
  async onGitHubEvent(@Headers('x-github-event') header?: string): Promise<{ received: string }> {
    // GitHub signs the body only: a header is no more than a hint.
    const received = header !== undefined && EVENT_NAME.test(header) ? header : 'unknown';
    const target = { type: 'webhook-receiver', id: 'github' };
    const details = { githubEvent: received };
    await this.audit.record({ event: 'webhook_received', outcome: 'success', target, details });
    return { received };
  }
}
