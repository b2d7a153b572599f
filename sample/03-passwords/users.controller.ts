import {
  Body,
  ConflictException,
  Controller,
  HttpCode,
  Ip,
  Post,
  UnauthorizedException,
} from '@nestjs/common';
import { PasswordService } from 'nestjs-security';
import { LoginDto } from './login.dto.js';
import { SignUpDto } from './sign-up.dto.js';
import { UsersStore } from './users.store.js';

/** Registers people and logs them in. A crowd is answered 503, by the filter of SecurityModule. */
@Controller()
export class UsersController {
  constructor(
    private readonly users: UsersStore,
    private readonly passwords: PasswordService,
  ) {}

  @Post('users')
  async register(
    @Body() { name, password }: SignUpDto,
    @Ip() ip: string,
  ): Promise<{ name: string }> {
    const passwordHash = await this.passwords.hash(password, { fairnessKey: ip });
    if (await this.users.add({ name, passwordHash })) return { name };
    throw new ConflictException('This name is taken.');
  }

  /** What the hash was and is stands in the answer for you to watch; others are told nothing of it. */
  @Post('login')
  @HttpCode(200)
  async login(
    @Body() { name, password }: LoginDto,
    @Ip() ip: string,
  ): Promise<{ name: string; before: string; after: string }> {
    const user = this.users.find(name);
    const { ok } = await this.passwords.login({
      stored: user?.passwordHash,
      password,
      // Whoever sends many waits for themselves.
      fairnessKey: ip,
      onRehash: (oldHash, newHash) => this.users.replaceHash(name, oldHash, newHash),
    });
    // Unknown, disabled and wrong are one answer, after the same work.
    if (!user || !ok) throw new UnauthorizedException('The name or the password is wrong.');
    return {
      name,
      before: this.#kindOf(user.passwordHash),
      after: this.#kindOf(this.users.find(name)?.passwordHash),
    };
  }

  #kindOf(stored: string | undefined): string {
    const hash = this.passwords.identify(stored);
    return hash ? `${hash.scheme}, ${hash.format}` : 'none';
  }
}
