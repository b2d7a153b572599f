import { Body, Controller, ForbiddenException, Header, HttpCode, Post } from '@nestjs/common';
import { HmacService } from 'nestjs-security';
import { fieldsOf, textOf } from './request-body.js';

const PURPOSE = 'password-reset';

/** A link that sets a new password, once. */
@Controller('password-resets')
export class PasswordResetsController {
  constructor(private readonly hmac: HmacService) {}

  /** A real application mails the token, and answers the same whether it knows the account or not. */
  @Post()
  @Header('Cache-Control', 'no-store')
  request(@Body() body: unknown): { token: string } {
    const account = textOf(fieldsOf(body, ['account']), 'account', 1, 100);
    const options = { purpose: PURPOSE, ttlSeconds: 900, oneTime: true };
    return { token: this.hmac.signToken(account, options) };
  }

  @Post('confirm')
  @HttpCode(200)
  async confirm(@Body() body: unknown): Promise<{ passwordSetFor: string }> {
    const fields = fieldsOf(body, ['token', 'password']);
    // First what can be mended, so that a bad password does not cost the token.
    textOf(fields, 'password', 8, 256);
    const verdict = await this.hmac.consumeToken<string>(fields.get('token'), { purpose: PURPOSE });
    if (!verdict.ok) throw new ForbiddenException();
    return { passwordSetFor: verdict.data };
  }
}
