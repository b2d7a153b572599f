import {
  Body,
  Controller,
  Delete,
  HttpCode,
  NotFoundException,
  Param,
  Put,
  UseGuards,
} from '@nestjs/common';
import { AuditService, personal } from 'nestjs-security';
import { fieldsOf, textOf } from '../01-quick-start/request-body.js';
import { AdminGuard } from './admin.guard.js';
import { UsersStore } from './users.store.js';

/** What is somebody's, in a log that cannot be changed. */
@Controller('users/:id')
@UseGuards(AdminGuard)
export class PersonalDataController {
  constructor(
    private readonly users: UsersStore,
    private readonly audit: AuditService,
  ) {}

  /** The record holds the address encrypted, under a key of this user. */
  @Put('address')
  async move(@Param('id') id: string, @Body() body: unknown): Promise<{ id: string }> {
    const address = textOf(fieldsOf(body, ['address']), 'address', 1, 200);
    if (!this.users.setAddress(id, address)) throw new NotFoundException();
    const user = { type: 'user', id };
    await this.audit.record({
      event: 'user_updated',
      target: user,
      details: { address: personal(user, address) },
    });
    return { id };
  }

  /** Destroys that key: the address cannot be read any more, in whichever record or copy of one. */
  @Delete('personal-data')
  @HttpCode(200)
  async forget(@Param('id') id: string): Promise<{ id: string }> {
    this.users.setAddress(id, undefined);
    await this.audit.forget({ type: 'user', id });
    return { id };
  }
}
