import {
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  UseGuards,
} from '@nestjs/common';
import {
  ApiKeyGuard,
  PasswordService,
  type PasswordHashInfo,
  type RehashReason,
} from 'nestjs-security';
import { UsersStore, type User } from './users.store.js';

/** What is told of a stored hash: never the hash. */
interface HashReport extends Partial<PasswordHashInfo> {
  readonly isUsable: boolean;
  readonly rehashReasons: readonly RehashReason[];
}

/** What an operator sees and does. */
@Controller('users/:name')
@UseGuards(ApiKeyGuard)
export class AccountsController {
  constructor(
    private readonly users: UsersStore,
    private readonly passwords: PasswordService,
  ) {}

  @Get('hash')
  describe(@Param('name') name: string): HashReport {
    const { passwordHash } = this.#find(name);
    return {
      isUsable: this.passwords.isUsable(passwordHash),
      ...this.passwords.identify(passwordHash),
      rehashReasons: this.passwords.rehashReasons(passwordHash),
    };
  }

  @Post('disable')
  @HttpCode(200)
  async disable(@Param('name') name: string): Promise<HashReport> {
    const { passwordHash } = this.#find(name);
    await this.users.replaceHash(name, passwordHash, this.passwords.disable());
    return this.describe(name);
  }

  #find(name: string): User {
    const user = this.users.find(name);
    if (!user) throw new NotFoundException();
    return user;
  }
}
