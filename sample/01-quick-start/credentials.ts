import { BadRequestException } from '@nestjs/common';
import { fieldsOf, textOf } from './request-body.js';

const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** What a person registers and logs in with. */
export interface Credentials {
  /** In the one form under which it is stored and looked up. */
  readonly email: string;
  readonly password: string;
}

/** @throws BadRequestException for a body that holds anything else; never repeats what was sent */
export function credentialsOf(body: unknown): Credentials {
  const fields = fieldsOf(body, ['email', 'password']);
  const email = textOf(fields, 'email', 3, 254);
  if (!EMAIL.test(email)) throw new BadRequestException('email must be an e-mail address');
  const password = textOf(fields, 'password', 8, 256);
  return { email: email.normalize('NFC').toLowerCase(), password };
}
