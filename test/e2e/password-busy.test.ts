import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { PasswordService, type PasswordRequest } from 'nestjs-security';
import { adapters, startHttp, stopHttp } from '../support/http-app.js';
import { settle } from '../support/services.js';

@Controller()
class LoginController {
  constructor(private readonly passwords: PasswordService) {}

  @Post('login')
  @HttpCode(200)
  async login(@Body() { password }: { password: string }) {
    return { ok: await this.passwords.verify(null, password) };
  }
}

afterEach(stopHttp);

describe.each(adapters)('a crowd of logins on $adapter', ({ create }) => {
  it('is answered 503 with Retry-After where it is too large, and nothing of the reason', async () => {
    const { url, log } = await startHttp(create, {
      controllers: [LoginController],
      security: {
        password: { profile: 'guide', admission: { concurrency: 1, maxQueued: 1 } },
      },
    });
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const response = await fetch(`${url}/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ password: 'correct horse' }),
        });
        return {
          status: response.status,
          retryAfter: response.headers.get('retry-after'),
          body: await response.json(),
        };
      }),
    );
    const refused = answers.filter(({ status }) => status === 503);
    const served = answers.filter(({ status }) => status === 200);
    expect(refused.length + served.length).toBe(8);
    expect(served.length).toBeGreaterThanOrEqual(2);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const { body, retryAfter } of refused) {
      expect(body).toEqual({ statusCode: 503, message: 'Service Unavailable' });
      expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
    }
    await settle();
    expect(log.recordsOf('password_busy')[0]).toMatchObject({ reason: 'queue-full' });
  });
});

describe('a call', () => {
  it('ends with its signal, and with its time', async () => {
    const { app } = await startHttp(adapters[0].create, {
      security: { password: { profile: 'guide', admission: { concurrency: 1 } } },
    });
    const passwords = app.get(PasswordService);
    const running = passwords.hash('one');
    const late = passwords.verify(null, 'two', { timeoutMs: 1 });
    await expect(late).rejects.toMatchObject({ code: 'PWD_BUSY', status: 503, reason: 'deadline' });
    const controller = new AbortController();
    const aborted = passwords.hash('three', { signal: controller.signal });
    controller.abort(new Error('the client went away'));
    await expect(aborted).rejects.toThrow('the client went away');
    const before = passwords.verify(null, 'x', { signal: AbortSignal.abort() });
    await expect(before).rejects.toMatchObject({ name: 'AbortError' });
    expect(await running).toContain('$argon2id$');
  });

  it('refuses an unknown option, which would be left out in silence', async () => {
    const { app } = await startHttp(adapters[0].create, {});
    const passwords = app.get(PasswordService);
    const misspelt = { timeoutMS: 5 } as PasswordRequest;
    await expect(passwords.hash('x', misspelt)).rejects.toThrow('Did you mean "timeoutMs"?');
    await expect(passwords.verify(null, 'x', misspelt)).rejects.toThrow(TypeError);
  });
});
