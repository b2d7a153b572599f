import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataFolder } from './data-folder.js';
import { JsonFile } from './json-file.js';

/** Somebody who registered. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
}

/** Keeps the users, by their e-mail address. */
@Injectable()
export class UsersStore implements OnModuleInit {
  readonly #file: JsonFile<User>;
  readonly #users = new Map<string, User>();

  constructor(data: DataFolder) {
    this.#file = new JsonFile(data.pathOf(DataFolder.users), isUser);
  }

  async onModuleInit(): Promise<void> {
    for (const user of await this.#file.read()) this.#users.set(user.email, user);
  }

  get count(): number {
    return this.#users.size;
  }

  findByEmail(email: string): User | undefined {
    return this.#users.get(email);
  }

  /** @returns `false` when the address is taken; `true` when the user is on the disk */
  async add(user: User): Promise<boolean> {
    if (this.#users.has(user.email)) return false;
    this.#users.set(user.email, user);
    try {
      await this.#file.write(() => [...this.#users.values()]);
      return true;
    } catch (error) {
      this.#users.delete(user.email);
      throw error;
    }
  }
}

function isUser(value: unknown): value is User {
  const { id, email, passwordHash }: Partial<Record<string, unknown>> = Object(value);
  return [id, email, passwordHash].every((field) => typeof field === 'string');
}
