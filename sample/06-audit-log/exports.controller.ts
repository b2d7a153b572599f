import { Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { AuditService } from 'nestjs-security';
import { AdminGuard } from './admin.guard.js';
import { UsersStore } from './users.store.js';

/** A job that reads what is sensitive. */
@Controller('exports')
@UseGuards(AdminGuard)
export class ExportsController {
  constructor(
    private readonly users: UsersStore,
    private readonly audit: AuditService,
  ) {}

  /** A scheduler would call this every night. Every record that is made within has the job as its actor. */
  @Post()
  @HttpCode(200)
  run(): Promise<{ users: number }> {
    const actor = { type: 'job', id: 'nightly-export' };
    return this.audit.scope({ actor, tenant: 'acme' }, () => this.#exportUsers());
  }

  async #exportUsers(): Promise<{ users: number }> {
    const users = this.users.all();
    await Promise.all(
      users.map(({ id }) =>
        this.audit.record({ event: 'sensitive_read', target: { type: 'user', id } }),
      ),
    );
    return { users: users.length };
  }
}
