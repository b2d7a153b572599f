import {
  Body,
  Controller,
  Delete,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  UseGuards,
} from '@nestjs/common';
import { Audit, AuditService, PasswordService } from 'nestjs-security';
import { fieldsOf, textOf } from '../01-quick-start/request-body.js';
import { AdminGuard } from './admin.guard.js';
import { UsersStore, type User } from './users.store.js';

/** What the administrator does with accounts. */
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersStore,
    private readonly passwords: PasswordService,
    private readonly audit: AuditService,
  ) {}

  @Post()
  @UseGuards(AdminGuard)
  async add(@Body() body: unknown): Promise<{ id: string }> {
    const fields = fieldsOf(body, ['email', 'password']);
    const email = textOf(fields, 'email', 3, 254);
    const passwordHash = await this.passwords.hash(textOf(fields, 'password', 8, 256));
    const { id } = this.users.add({ email, passwordHash });
    // The ids of this sample begin anew at every start, and the log goes on: who had this one may be forgotten.
    await this.audit.readmit({ type: 'user', id });
    await this.audit.record({
      event: 'user_created',
      actor: { type: 'user', id: 'admin-1' },
      target: { type: 'user', id },
      details: { email },
    });
    return { id };
  }

  /** Does not run when it cannot be recorded, and is not answered before it is. */
  @Delete(':id')
  @HttpCode(200)
  @Audit({
    event: 'user_deleted',
    level: 'critical',
    target: (_context, user?: Pick<User, 'id'>) => user && { type: 'user', id: user.id },
  })
  @UseGuards(AdminGuard)
  remove(@Param('id') id: string): Pick<User, 'id'> {
    const user = this.users.remove(id);
    if (!user) throw new NotFoundException();
    return { id };
  }
}
