import { Body, Controller, HttpCode, Post, UnauthorizedException } from '@nestjs/common';
import { AuditService, PasswordService } from 'nestjs-security';
import { fieldsOf, textOf } from '../01-quick-start/request-body.js';
import { UsersStore } from './users.store.js';

/** Logs people in. Whose password was wrong only the application knows: so it records that itself. */
@Controller('login')
export class LoginsController {
  constructor(
    private readonly users: UsersStore,
    private readonly passwords: PasswordService,
    private readonly audit: AuditService,
  ) {}

  @Post()
  @HttpCode(200)
  async login(@Body() body: unknown): Promise<{ id: string }> {
    const fields = fieldsOf(body, ['email', 'password']);
    const email = textOf(fields, 'email', 3, 254);
    const password = textOf(fields, 'password', 1, 256);
    const user = this.users.withEmail(email);
    const { ok } = await this.passwords.login({ stored: user?.passwordHash, password });
    // The address is never written: a keyed pseudonym stands for it, the same at every attempt.
    const actor = { type: 'user', ...(user && { id: user.id }), identifier: identifierOf(email) };
    if (!ok || !user) {
      await this.audit.record({ event: 'authn_login_fail', outcome: 'failure', actor });
      throw new UnauthorizedException();
    }
    await this.audit.record({ event: 'authn_login_success', outcome: 'success', actor });
    return { id: user.id };
  }
}

function identifierOf(value: string): { type: string; value: string } {
  return { type: 'email', value };
}
