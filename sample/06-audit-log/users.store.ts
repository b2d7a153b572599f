import { Injectable } from '@nestjs/common';

/** Somebody who has an account. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly address?: string | undefined;
}

/** Keeps the users in memory: what this sample is about is the log. */
@Injectable()
export class UsersStore {
  readonly #users = new Map<string, User>();
  #lastId = 0;

  add(user: Omit<User, 'id'>): User {
    this.#lastId += 1;
    const added = { ...user, id: String(this.#lastId) };
    this.#users.set(added.id, added);
    return added;
  }

  all(): readonly User[] {
    return [...this.#users.values()];
  }

  withEmail(email: string): User | undefined {
    return this.all().find((user) => user.email === email);
  }

  /** @returns the user as they are now */
  setAddress(id: string, address: string | undefined): User | undefined {
    const user = this.#users.get(id);
    if (!user) return undefined;
    const moved = { ...user, address };
    this.#users.set(id, moved);
    return moved;
  }

  /** @returns the user who was there */
  remove(id: string): User | undefined {
    const user = this.#users.get(id);
    this.#users.delete(id);
    return user;
  }
}
