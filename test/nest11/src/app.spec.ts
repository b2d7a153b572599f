import { Controller, Get, UseGuards } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ApiKeyGuard, AuditService, EncryptionService, PasswordService } from 'nestjs-security';
import { SecurityTestingModule, TestingAuditLog } from 'nestjs-security/testing';

@Controller()
class SecretController {
  @Get()
  @UseGuards(ApiKeyGuard)
  secret(): string {
    return 'secret';
  }
}

describe("A user's own test", () => {
  async function start() {
    const sha256 = '0123456789abcdef'.repeat(4);
    const security = SecurityTestingModule.forRoot({ apiKey: { keys: [{ id: 'ci', sha256 }] } });
    const testing = Test.createTestingModule({
      imports: [security],
      controllers: [SecretController],
    });
    return (await testing.compile()).createNestApplication({ logger: false });
  }

  it('sees a guard at work and what it left in the audit log', async () => {
    const app = await start();
    await app.listen(0, '127.0.0.1');
    expect((await fetch(await app.getUrl())).status).toBe(401);
    await app.get(AuditService).record({ event: 'sys_startup', outcome: 'success' });
    expect(app.get(TestingAuditLog).events()).toEqual(['api_key_refused', 'sys_startup']);
    await app.close();
  });

  it('hashes passwords and encrypts', async () => {
    const app = await start();
    const passwords = app.get(PasswordService);
    expect(await passwords.verify(await passwords.hash('correct horse'), 'correct horse')).toBe(
      true,
    );
    const encryption = app.get(EncryptionService);
    expect(encryption.decryptToString(encryption.encrypt('a note'))).toBe('a note');
    await app.close();
  });
});
