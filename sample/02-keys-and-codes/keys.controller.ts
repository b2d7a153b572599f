import { Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiKeyGuard, Keyring, ManagedKeyring } from 'nestjs-security';

/** The ring: its ids and states, never a key. */
@Controller('keys')
export class KeysController {
  constructor(
    private readonly keyring: Keyring,
    private readonly managedKeyring: ManagedKeyring,
  ) {}

  @Get()
  describe(): { ring: string } {
    return { ring: this.keyring.describe() };
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @UseGuards(ApiKeyGuard)
  async revoke(@Param('id') id: string): Promise<{ ring: string }> {
    await this.managedKeyring.revoke(id);
    return this.describe();
  }
}
