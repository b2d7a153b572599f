import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PasswordService } from 'nestjs-security';
import { IMPORTED_USERS, type ImportedUser } from './imported-users.js';
import { UsersStore, type User } from './users.store.js';

/** Takes over the accounts of other software, on the first start. */
@Injectable()
export class UserImport implements OnModuleInit {
  constructor(
    private readonly users: UsersStore,
    private readonly passwords: PasswordService,
  ) {}

  async onModuleInit(): Promise<void> {
    if ((await this.users.load()) > 0) return;
    await this.users.add(...(await Promise.all(IMPORTED_USERS.map((user) => this.#take(user)))));
  }

  async #take(user: ImportedUser): Promise<User> {
    // A salted, slow hash is stored as it is; a bare digest is made safe now, not at the first login.
    if ('passwordHash' in user) return user;
    return { name: user.name, passwordHash: await this.passwords.wrapLegacy(user.digest) };
  }
}
