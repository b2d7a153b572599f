import { BadRequestException, Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiKeyGuard, AuditService, type AuditRecord } from 'nestjs-security';

const MAX_LIMIT = 1000;

/** The end of the log, for whoever has the auditor's API key. */
@Controller('audit')
@UseGuards(ApiKeyGuard)
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  tail(@Query('limit') limit: unknown = '20'): Promise<AuditRecord[]> {
    return this.audit.query({ limit: limitOf(limit) });
  }

  /** What was done to a user. Personal data in it can be read, unless the user was forgotten. */
  @Get('users/:id')
  async about(@Param('id') id: string): Promise<AuditRecord[]> {
    const records = await this.audit.query({ target: { type: 'user', id } });
    return Promise.all(records.map((record) => this.audit.reveal(record)));
  }
}

function limitOf(text: unknown): number {
  const limit = typeof text === 'string' && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : Infinity;
  if (limit <= MAX_LIMIT) return limit;
  throw new BadRequestException(`limit must be a whole number from 1 to ${MAX_LIMIT}`);
}
