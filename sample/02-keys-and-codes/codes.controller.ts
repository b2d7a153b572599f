import { BadRequestException, Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { SecretsService, TotpService, type GeneratedSecret } from 'nestjs-security';
import { fieldsOf, textOf } from './request-body.js';
import { TotpAccounts } from './totp-accounts.js';

const NO_STORE = ['Cache-Control', 'no-store'] as const;
const LONGEST_ACCOUNT = 100;

/** Secrets for people: what they type from an app, remember, or keep in a drawer. */
@Controller('codes')
export class CodesController {
  constructor(
    private readonly secrets: SecretsService,
    private readonly totp: TotpService,
    private readonly accounts: TotpAccounts,
  ) {}

  @Get('password')
  @Header(...NO_STORE)
  password(): GeneratedSecret {
    return this.secrets.password();
  }

  @Get('passphrase')
  @Header(...NO_STORE)
  passphrase(): GeneratedSecret {
    return this.secrets.passphrase();
  }

  /** A real application stores the digests that come with the codes, and shows the codes once. */
  @Get('recovery')
  @Header(...NO_STORE)
  recovery(): { codes: string[]; entropyBits: number } {
    return { codes: this.secrets.recoveryCodes().map(({ code }) => code), entropyBits: 120 };
  }

  /** Answers as plain text, for `curl` to show: the address, an empty line, and its QR code. */
  @Post('totp')
  @HttpCode(200)
  @Header(...NO_STORE)
  @Header('Content-Type', 'text/plain; charset=utf-8')
  async enrol(@Body() body: unknown): Promise<string> {
    const uri = await this.accounts.enrol(accountOf(fieldsOf(body, ['account'])));
    return `${uri.reveal()}\n\n${await this.totp.qrCodeText(uri)}\n`;
  }

  @Post('totp/verify')
  @HttpCode(200)
  async verify(@Body() body: unknown): Promise<{ accepted: boolean }> {
    const fields = fieldsOf(body, ['account', 'code']);
    return { accepted: await this.accounts.accept(accountOf(fields), fields.get('code')) };
  }
}

function accountOf(fields: ReadonlyMap<string, unknown>): string {
  const account = textOf(fields, 'account', 1, LONGEST_ACCOUNT);
  // In an authenticator, a colon separates the issuer and the account.
  if (account.includes(':')) throw new BadRequestException('account must not have a colon');
  return account;
}
