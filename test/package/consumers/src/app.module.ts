import { Controller, Get, HttpCode, Module, Post, UseGuards } from '@nestjs/common';
import {
  ApiKeyGuard,
  CurrentApiKey,
  SecurityModule,
  VerifyWebhook,
  type VerifiedApiKey,
} from 'nestjs-security';
import { createHash } from 'node:crypto';

export const API_KEY = 'a-key-that-only-this-application-accepts';
export const WEBHOOK_SECRET = "It's a Secret to Everybody";

@Controller()
class AppController {
  @Get('whoami')
  @UseGuards(ApiKeyGuard)
  whoami(@CurrentApiKey() apiKey: VerifiedApiKey): { id: string } {
    return { id: apiKey.id };
  }

  @Post('webhooks/github')
  @HttpCode(204)
  @VerifyWebhook('github')
  onEvent(): void {}
}

@Module({
  imports: [
    SecurityModule.forRoot({
      keys: [{ id: '2026-11', secret: `hex:${'0123456789abcdef'.repeat(4)}` }],
      apiKey: { keys: [{ id: 'ci', sha256: createHash('sha256').update(API_KEY).digest('hex') }] },
      webhook: { receivers: { github: { secret: WEBHOOK_SECRET } } },
      audit: { directory: process.env['AUDIT_DIRECTORY'] ?? './audit' },
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
