import { Body, Controller, Post, ValidationPipe } from '@nestjs/common';
import { IsEmail, useContainer, validate } from 'class-validator';
import { MeetsPasswordPolicy } from 'nestjs-security/class-validator';
import {
  PASSWORD_POLICY_OPTIONS,
  policySchema,
} from '../../lib/password/policy/password-policy.options.js';
import { PasswordPolicyService } from '../../lib/password/policy/password-policy.service.js';
import { adapters, startHttp, stopHttp } from '../support/http-app.js';

class SignUpDto {
  @IsEmail()
  email!: string;

  @MeetsPasswordPolicy<SignUpDto>({ contextFrom: ({ email }) => ({ email }) })
  password!: string;
}

class SecondFactorDto {
  @MeetsPasswordPolicy({ secondFactor: true }, { message: 'choose another' })
  password!: string;
}

class ChoosingDto {
  mfa!: unknown;

  @MeetsPasswordPolicy<ChoosingDto>({
    contextFrom: ({ mfa }) => ({ secondFactor: mfa as boolean }),
  })
  password!: string;
}

class ManyDto {
  @MeetsPasswordPolicy({ secondFactor: true }, { each: true })
  passwords!: string[];
}

@Controller()
class SignUpController {
  @Post('sign-up')
  signUp(@Body() { email }: SignUpDto) {
    return { email };
  }

  @Post('second-factor')
  secondFactor(@Body() { password }: SecondFactorDto) {
    return { length: password.length };
  }

  @Post('choosing')
  choosing(@Body() { password }: ChoosingDto) {
    return { length: password.length };
  }

  @Post('many')
  many(@Body() { passwords }: ManyDto) {
    return { length: passwords.length };
  }
}

const policy = [
  { provide: PASSWORD_POLICY_OPTIONS, useValue: policySchema.parse({ serviceNames: ['Acme'] }) },
  PasswordPolicyService,
];

afterEach(async () => {
  await stopHttp();
  forgetContainer();
});

describe.each(adapters)('@MeetsPasswordPolicy() on $adapter', ({ create }) => {
  async function start() {
    const { url } = await startHttp(create, {
      controllers: [SignUpController],
      providers: policy,
      configure: (app) => {
        useContainer(app, { fallbackOnErrors: true });
        app.useGlobalPipes(new ValidationPipe({ transform: true }));
      },
    });
    return (path: string, body: unknown) => post(`${url}/${path}`, body);
  }

  it('lets a good password through', async () => {
    const send = await start();
    const email = 'alice@example.com';
    const answer = await send('sign-up', { email, password: 'correct horse battery staple' });
    expect(answer).toEqual({ status: 201, message: undefined });
  });

  it('answers with every violation, in words that repeat nothing', async () => {
    const send = await start();
    const email = 'kzbigniew@example.com';
    expect(await send('sign-up', { email, password: 'KZbigniew-2024' })).toEqual({
      status: 400,
      message: [
        'Use at least 15 characters. Do not build your password on your name, your e-mail address or the name of this service.',
      ],
    });
  });

  it('keeps apart what comes at the same time', async () => {
    const send = await start();
    const bodies = [
      { email: 'a@example.com', password: 'kr7vWq2m' },
      { email: 'b@example.com', password: 'a'.repeat(20) },
      { email: 'c@example.com', password: 'x'.repeat(5000) },
    ];
    const answers = await Promise.all(bodies.map((body) => send('sign-up', body)));
    expect(answers.map(({ message }) => message)).toEqual([
      [expect.stringMatching(/^Use at least 15 characters\.$/)],
      [expect.stringMatching(/^Do not use repeated/)],
      [expect.stringMatching(/^Use a shorter password/)],
    ]);
  });

  it.each([5, null, ['x'], { toString: 'x' }, undefined])(
    'refuses %j as a password, and as an address',
    async (value) => {
      const send = await start();
      const answer = await send('sign-up', { email: value, password: value });
      expect(answer).toEqual({
        status: 400,
        message: ['email must be an email', 'Give a password as text.'],
      });
    },
  );

  it('asks for less beside a second factor, and says what it was told to say', async () => {
    const send = await start();
    expect((await send('second-factor', { password: 'kr7vWq2m' })).status).toBe(201);
    const answer = await send('second-factor', { password: 'kr7vWq2' });
    expect(answer).toEqual({ status: 400, message: ['choose another'] });
  });

  it('takes for a second factor nothing but true', async () => {
    const send = await start();
    const statusFor = async (mfa: unknown) =>
      (await send('choosing', { mfa, password: 'kr7vWq2m' })).status;
    expect(await statusFor(true)).toBe(201);
    for (const mfa of [false, 'true', 1, null, {}, undefined])
      expect(await statusFor(mfa)).toBe(400);
  });

  it('judges each of a list', async () => {
    const send = await start();
    expect((await send('many', { passwords: ['kr7vWq2m', 'Tz4nBp8x'] })).status).toBe(201);
    expect((await send('many', { passwords: ['kr7vWq2m', 'x'] })).status).toBe(400);
  });

  it('accepts nothing while class-validator does not know the services', async () => {
    const { url } = await startHttp(create, {
      controllers: [SignUpController],
      providers: policy,
      configure: (app) => app.useGlobalPipes(new ValidationPipe({ transform: true })),
    });
    const body = { email: 'alice@example.com', password: 'correct horse battery staple' };
    expect((await post(`${url}/sign-up`, body)).status).toBe(500);
  });
});

describe('@MeetsPasswordPolicy()', () => {
  it('says how class-validator gets to know the services', async () => {
    const dto = Object.assign(new SignUpDto(), { password: 'correct horse battery staple' });
    await expect(validate(dto)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(
        'useContainer(app.select(AppModule), { fallbackOnErrors: true })',
      ),
    });
  });

  it('refuses an option that it does not know', () => {
    const options: object = { secondfactor: true };
    expect(() => MeetsPasswordPolicy(options)).toThrow('Did you mean "secondFactor"?');
  });
});

async function post(url: string, body: unknown) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { message } = (await answer.json()) as { message?: unknown };
  return { status: answer.status, message };
}

/** class-validator keeps one container for the whole process: this one knows nothing. */
function forgetContainer(): void {
  const nothing = { get: () => undefined };
  useContainer(nothing, { fallback: true });
}
