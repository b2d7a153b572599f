import { Injectable } from '@nestjs/common';
import { JsonFile } from '../01-quick-start/json-file.js';
import { DataFolder } from './data-folder.js';

/** Somebody who has an account. */
export interface User {
  readonly name: string;
  readonly passwordHash: string;
}

/** Keeps the users, by their name. What a method has resolved with is on the disk. */
@Injectable()
export class UsersStore {
  readonly #file: JsonFile<User>;
  readonly #users = new Map<string, User>();

  constructor(data: DataFolder) {
    this.#file = new JsonFile(data.usersFile, isUser);
  }

  /** @returns how many users there are */
  async load(): Promise<number> {
    for (const user of await this.#file.read()) this.#users.set(user.name, user);
    return this.#users.size;
  }

  find(name: string): User | undefined {
    return this.#users.get(name);
  }

  /** Adds all of them or none. @returns `false` when a name is taken */
  async add(...added: readonly User[]): Promise<boolean> {
    if (added.some(({ name }) => this.#users.has(name))) return false;
    await this.#change(added);
    return true;
  }

  /**
   * Compare and swap, as `UPDATE users SET hash = $new WHERE name = $name AND hash = $old` does it: of two
   * logins at a time one stores its new hash, and none brings a disabled account back to life.
   *
   * @returns `false` when the old hash is not there any more
   */
  async replaceHash(name: string, oldHash: string, newHash: string): Promise<boolean> {
    const user = this.#users.get(name);
    if (user?.passwordHash !== oldHash) return false;
    await this.#change([{ ...user, passwordHash: newHash }]);
    return true;
  }

  async #change(changed: readonly User[]): Promise<void> {
    const before = changed.map(({ name }) => this.#users.get(name));
    for (const user of changed) this.#users.set(user.name, user);
    try {
      await this.#file.write(() => [...this.#users.values()]);
    } catch (error) {
      changed.forEach((user, index) => this.#restore(user, before[index]));
      throw error;
    }
  }

  #restore(user: User, before: User | undefined): void {
    if (this.#users.get(user.name) !== user) return;
    if (before) this.#users.set(user.name, before);
    else this.#users.delete(user.name);
  }
}

function isUser(value: unknown): value is User {
  const { name, passwordHash }: Partial<Record<string, unknown>> = Object(value);
  return typeof name === 'string' && typeof passwordHash === 'string';
}
