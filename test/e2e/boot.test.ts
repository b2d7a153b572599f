import { Global, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { inspect } from 'node:util';
import {
  AuditService,
  EncryptionService,
  HmacService,
  PasswordService,
  SecretsService,
  SecurityModule,
  type SecurityModuleOptions,
  type SecurityOptionsFactory,
} from 'nestjs-security';
import { testKey, testSecret } from '../support/keys.js';

const keys = [testKey('a')];

@Injectable()
class Settings implements SecurityOptionsFactory {
  createSecurityOptions(): SecurityModuleOptions {
    return { keys };
  }
}

@Global()
@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

@Injectable()
class NeedsEverything {
  constructor(
    readonly secrets: SecretsService,
    readonly passwords: PasswordService,
    readonly encryption: EncryptionService,
    readonly hmac: HmacService,
    readonly audit: AuditService,
  ) {}
}

@Module({ providers: [NeedsEverything], exports: [NeedsEverything] })
class FeatureModule {}

async function boot(
  ...imports: NonNullable<Parameters<typeof Test.createTestingModule>[0]['imports']>
) {
  const module = await Test.createTestingModule({ imports }).compile();
  return module.init();
}

describe('SecurityModule', () => {
  it.each([
    ['forRoot', () => SecurityModule.forRoot({ keys })],
    ['useFactory', () => SecurityModule.forRootAsync({ useFactory: async () => ({ keys }) })],
    [
      'useFactory with inject and imports',
      () =>
        SecurityModule.forRootAsync({
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: (settings: Settings) => settings.createSecurityOptions(),
        }),
    ],
    ['useClass', () => SecurityModule.forRootAsync({ useClass: Settings })],
    [
      'useExisting',
      () => SecurityModule.forRootAsync({ imports: [SettingsModule], useExisting: Settings }),
    ],
  ])('gives its services to every module after %s', async (_, configured) => {
    const module = await boot(configured(), FeatureModule);
    const { hmac, encryption } = module.get(NeedsEverything);
    expect(hmac.verify('x', hmac.sign('x'))).toBe(true);
    expect(encryption.decryptToString(encryption.encrypt('x'))).toBe('x');
    await module.close();
  });

  it('is seen only where it is imported when isGlobal is false', async () => {
    await expect(
      boot(SecurityModule.forRoot({ keys, isGlobal: false }), FeatureModule),
    ).rejects.toThrow('NeedsEverything');
    await expect(
      boot(
        SecurityModule.forRootAsync({ useFactory: () => ({ keys }), isGlobal: false }),
        FeatureModule,
      ),
    ).rejects.toThrow('NeedsEverything');
  });

  it.each([
    ['forRoot', (extras: object) => SecurityModule.forRoot({ keys, ...extras })],
    [
      'forRootAsync',
      (extras: object) => SecurityModule.forRootAsync({ useFactory: () => ({ keys }), ...extras }),
    ],
  ])('takes providers of the user in the place of its own with %s', async (_, configured) => {
    class CountingSecrets extends SecretsService {
      constructor(readonly settings: Settings) {
        super();
      }
    }
    const module = await boot(
      configured({
        imports: [SettingsModule],
        providers: [
          {
            provide: SecretsService,
            inject: [Settings],
            useFactory: (settings: Settings) => new CountingSecrets(settings),
          },
        ],
      }),
    );
    expect(module.get(SecretsService)).toBeInstanceOf(CountingSecrets);
  });

  it.each([
    ['forRoot', (options: SecurityModuleOptions) => SecurityModule.forRoot(options)],
    [
      'forRootAsync',
      (options: SecurityModuleOptions) =>
        SecurityModule.forRootAsync({ useFactory: () => options }),
    ],
  ])(
    'holds no secret that a look into its container would show, after %s',
    async (_, configured) => {
      const secrets = [testSecret('a'), `${testSecret('fernet')}=`, 'the webhook secret'] as const;
      const module = await boot(
        configured({
          keys: [{ id: 'a', secret: secrets[0] }],
          encryption: { keys: [secrets[1]] },
          webhook: { receivers: { github: { secret: secrets[2] } } },
        }),
      );
      const held = [...module.get(ModulesContainer).values()]
        .filter(({ metatype }) => metatype === SecurityModule)
        .flatMap(({ providers }) =>
          [...providers.values()].map(({ instance }: { instance: unknown }) => instance),
        );
      expect(held.length).toBeGreaterThan(20);
      const shown = held
        .map((instance) => inspect(instance, { depth: 6, showHidden: true }))
        .join('\n');
      const bytes = secrets.map((secret) => inspect(Buffer.from(secret, 'base64url')).slice(8, 40));
      for (const secret of [...secrets, ...bytes]) expect(shown).not.toContain(secret);
    },
  );

  it('without an audit directory records nothing and says how to configure one', async () => {
    const module = await boot(SecurityModule.forRoot({ keys }));
    await expect(module.get(AuditService).record({ event: 'sys_startup' })).rejects.toThrow(
      "AuditService cannot be used: audit.directory is not set: give the folder that holds the audit log, such as './data/audit', or set SECURITY_AUDIT_DIRECTORY.",
    );
    await expect(module.get(AuditService).query()).rejects.toMatchObject({
      code: 'AUDIT_NOT_CONFIGURED',
    });
    await module.close();
  });
});

describe('SecurityModule refuses to start with', () => {
  it.each<[string, string, () => Promise<unknown>]>([
    [
      'an unknown key',
      'has no option "kyes". Did you mean "keys"?',
      () => boot(SecurityModule.forRoot({ keys, kyes: [] } as never)),
    ],
    [
      'an unknown key in a factory',
      'has no option "kyes"',
      () => boot(SecurityModule.forRootAsync({ useFactory: () => ({ keys, kyes: [] }) as never })),
    ],
    [
      'no options at all',
      'keys is missing',
      () => boot(SecurityModule.forRoot(undefined as never)),
    ],
    ['a missing key', 'keys is missing', () => boot(SecurityModule.forRoot({} as never))],
    [
      'a weak key',
      'keys[0].secret is not random',
      () => boot(SecurityModule.forRoot({ keys: [{ id: 'a', secret: '00'.repeat(32) }] })),
    ],
    [
      'a factory that returns undefined',
      'are undefined: return an object from the factory',
      () => boot(SecurityModule.forRootAsync({ useFactory: () => undefined as never })),
    ],
    [
      'a factory that returns null',
      'are null: return an object from the factory',
      () => boot(SecurityModule.forRootAsync({ useFactory: async () => null as never })),
    ],
    ['the bare class', 'are undefined', () => boot(SecurityModule)],
    [
      'a second forRoot',
      'SecurityModule is registered 2 times',
      () => boot(SecurityModule.forRoot({ keys }), SecurityModule.forRoot({ keys })),
    ],
    ['a second forRoot with the very same options', 'registered 2 times', secondWithTheSameOptions],
    [
      'forRoot beside forRootAsync',
      'registered 2 times',
      () =>
        boot(
          SecurityModule.forRoot({ keys }),
          SecurityModule.forRootAsync({ useFactory: () => ({ keys }) }),
        ),
    ],
  ])('%s', async (_, message, start) => {
    await expect(start()).rejects.toThrow(message);
    await expect(start()).rejects.toMatchObject({
      name: 'SecurityConfigurationError',
      status: 500,
    });
  });

  it('an unknown key of forRootAsync, which Nest would swallow', () => {
    expect(() => SecurityModule.forRootAsync({ useFactry: () => ({ keys }) } as never)).toThrow(
      'SecurityModule.forRootAsync has no option "useFactry". Did you mean "useFactory"?',
    );
  });

  it.each([
    ['undefined', undefined],
    ['an empty object', {}],
    ['two sources', { useFactory: () => ({ keys }), useClass: Settings }],
  ])('%s given to forRootAsync', (_, options) => {
    expect(() => SecurityModule.forRootAsync(options as never)).toThrow(
      'SecurityModule.forRootAsync needs exactly one of useFactory, useClass, useExisting.',
    );
  });

  it('an error of bounded length, however much is wrong', async () => {
    const names = Array.from({ length: 2000 }, (_, index) => [`${'x'.repeat(300)}${index}`, 1]);
    const message = await boot(SecurityModule.forRoot({ keys, ...Object.fromEntries(names) })).then(
      String,
      String,
    );
    expect(message).toContain('has no option');
    expect(message.length).toBeLessThan(5000);
  });

  it('an error that never shows a value', async () => {
    const secret = `${testSecret('a')}!`;
    const message = await boot(
      SecurityModule.forRoot({
        keys: [{ id: 'a', secret }],
        encryption: { keys: [secret] },
        apiKey: { keys: [{ id: 'x', sha256: secret }] },
      }),
    ).then(String, String);
    expect(message).toContain('3 options are wrong');
    expect(message).not.toContain(secret.slice(0, 12));
  });
});

function secondWithTheSameOptions(): Promise<unknown> {
  const options = { keys };
  @Module({ imports: [SecurityModule.forRoot(options)] })
  class Inner {}
  return boot(SecurityModule.forRoot(options), Inner);
}

it('an application context has no HTTP adapter, and lives', async () => {
  const crashes: unknown[] = [];
  const onCrash = (error: unknown): void => void crashes.push(error);
  process.once('uncaughtException', onCrash);
  @Module({ imports: [SecurityModule.forRoot({ keys })] })
  class WorkerModule {}
  const context = await NestFactory.createApplicationContext(WorkerModule, { logger: false });
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('uncaughtException', onCrash);
  expect(crashes).toEqual([]);
  expect(context.get(SecretsService).tokenHex(4)).toHaveLength(8);
  await context.close();
});
