import {
  Body,
  ConflictException,
  Controller,
  HttpCode,
  Ip,
  Post,
  UnauthorizedException,
  UseFilters,
} from '@nestjs/common';
import { AuditService, PasswordService } from 'nestjs-security';
import { randomUUID } from 'node:crypto';
import { BearerChallengeFilter } from './bearer-challenge.filter.js';
import { credentialsOf } from './credentials.js';
import { SESSION_SECONDS, Sessions } from './sessions.js';
import { UsersStore } from './users.store.js';

/** Registers people and logs them in. */
@Controller()
@UseFilters(BearerChallengeFilter)
export class UsersController {
  constructor(
    private readonly users: UsersStore,
    private readonly sessions: Sessions,
    private readonly passwords: PasswordService,
    private readonly audit: AuditService,
  ) {}

  @Post('register')
  async register(@Body() body: unknown, @Ip() ip: string): Promise<{ id: string }> {
    const { email, password } = credentialsOf(body);
    const user = { id: randomUUID(), email, passwordHash: await this.passwords.hash(password) };
    if (!(await this.users.add(user))) throw new ConflictException();
    const actor = { type: 'user', id: user.id };
    await this.audit.record({ event: 'user_created', outcome: 'success', actor, origin: { ip } });
    return { id: user.id };
  }

  @Post('login')
  @HttpCode(200)
  async login(
    @Body() body: unknown,
    @Ip() ip: string,
  ): Promise<{ token: string; expiresInSeconds: number }> {
    const { email, password } = credentialsOf(body);
    const user = this.users.findByEmail(email);
    // An unknown user costs as much time as a wrong password, and gets the same answer.
    const isPassword = await this.passwords.verify(user?.passwordHash, password);
    const actor = user
      ? { type: 'user', id: user.id }
      : { type: 'user', identifier: { type: 'email', value: email } };
    const outcome = isPassword ? 'success' : 'failure';
    await this.audit.record({
      event: isPassword ? 'authn_login_success' : 'authn_login_fail',
      level: isPassword ? 'info' : 'warn',
      outcome,
      actor,
      origin: { ip },
    });
    if (!user || !isPassword) throw new UnauthorizedException();
    return { token: this.sessions.begin(user.id), expiresInSeconds: SESSION_SECONDS };
  }
}
