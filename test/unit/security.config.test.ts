import { jest } from '@jest/globals';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HmacService, SecurityModule, securityConfig } from 'nestjs-security';
import { optionsFromEnvironment } from '../../lib/security.config.js';
import { environmentVariables } from '../../lib/security.environment.js';
import { resolveSecurityOptions, securitySchema } from '../../lib/security.options.js';
import { testSecret } from '../support/keys.js';

const folder = mkdtempSync(join(tmpdir(), 'nestjs-security-'));

describe('options from the environment', () => {
  it('are the path of each option in upper snake case', () => {
    const warnings: string[] = [];
    const options = optionsFromEnvironment(
      {
        HOME: '/',
        SECURITY_KEYS: `new:${testSecret('new')}, old:hex:${Buffer.from(testSecret('old')).toString('hex')}`,
        SECURITY_PASSWORD_MEMORY_KIB: '19456',
        SECURITY_PASSWORD_TIME_COST: '2',
        SECURITY_ENCRYPTION_CLOCK_SKEW_SECONDS: '0',
        SECURITY_WEBHOOK_RECEIVERS_GITHUB_SECRET: 'webhook secret, with a comma',
        SECURITY_WEBHOOK_RECEIVERS_GITHUB_EU_SECRET: 'another',
        SECURITY_WEBHOOK_RECEIVERS_GITHUB_EU_SCHEME: 'github',
        SECURITY_API_KEY_KEYS: `ci:${'0a'.repeat(32)}`,
        SECURITY_AUDIT_DIRECTORY: './audit',
      },
      (message) => warnings.push(message),
    );
    expect(warnings).toEqual([]);
    const resolved = resolveSecurityOptions(options);
    expect(resolved.keys).toMatchObject([{ id: 'new' }, { id: 'old' }]);
    expect(resolved.password.parameters).toEqual({
      memoryKiB: 19_456,
      timeCost: 2,
      parallelism: 4,
    });
    expect(resolved.encryption.clockSkewSeconds).toBe(0);
    expect([...resolved.webhook.receivers.keys()]).toEqual(['github', 'github-eu']);
    expect(resolved.apiKey.keys?.map(({ id }) => id)).toEqual(['ci']);
    expect(resolved.audit.directory).toBe('./audit');
  });

  it('cover every option that is a text or a number', () => {
    expect(environmentVariables(securitySchema).map(({ name }) => name)).toEqual([
      'SECURITY_KEYS',
      'SECURITY_TOTP_ALGORITHM',
      'SECURITY_TOTP_DIGITS',
      'SECURITY_TOTP_PERIOD_SECONDS',
      'SECURITY_TOTP_WINDOW',
      'SECURITY_TOTP_ISSUER',
      'SECURITY_PASSWORD_SCHEME',
      'SECURITY_PASSWORD_PROFILE',
      'SECURITY_PASSWORD_MEMORY_KIB',
      'SECURITY_PASSWORD_TIME_COST',
      'SECURITY_PASSWORD_PARALLELISM',
      'SECURITY_PASSWORD_BCRYPT_COST',
      'SECURITY_PASSWORD_SCRYPT_COST',
      'SECURITY_PASSWORD_PBKDF2_ITERATIONS',
      'SECURITY_PASSWORD_BACKEND',
      'SECURITY_PASSWORD_PEPPER',
      'SECURITY_PASSWORD_PEPPER_KEY_ID',
      'SECURITY_PASSWORD_ACCEPT_UNPEPPERED',
      'SECURITY_PASSWORD_EQUALIZE',
      'SECURITY_PASSWORD_RAW_UNICODE_FALLBACK',
      'SECURITY_PASSWORD_LONG_BCRYPT',
      'SECURITY_PASSWORD_ADMISSION_CONCURRENCY',
      'SECURITY_PASSWORD_ADMISSION_MEMORY_MIB',
      'SECURITY_PASSWORD_ADMISSION_MAX_QUEUED',
      'SECURITY_PASSWORD_ADMISSION_TIMEOUT_MS',
      'SECURITY_PASSWORD_CEILINGS_ARGON2_MEMORY_KIB',
      'SECURITY_PASSWORD_CEILINGS_ARGON2_TIME_COST',
      'SECURITY_PASSWORD_CEILINGS_ARGON2_PARALLELISM',
      'SECURITY_PASSWORD_CEILINGS_ARGON2_MEMORY_KIB_PASSES',
      'SECURITY_PASSWORD_CEILINGS_BCRYPT_COST',
      'SECURITY_PASSWORD_CEILINGS_SCRYPT_MEMORY_KIB',
      'SECURITY_PASSWORD_CEILINGS_SCRYPT_PARALLELISM',
      'SECURITY_PASSWORD_CEILINGS_PBKDF2_ITERATIONS',
      'SECURITY_PASSWORD_POLICY_MIN_LENGTH',
      'SECURITY_PASSWORD_POLICY_MIN_LENGTH_WITH_SECOND_FACTOR',
      'SECURITY_PASSWORD_POLICY_BLOCKLIST',
      'SECURITY_PASSWORD_POLICY_SERVICE_NAMES',
      'SECURITY_PASSWORD_POLICY_ESTIMATOR_MIN_SCORE',
      'SECURITY_PASSWORD_POLICY_BREACHED_BASE_URL',
      'SECURITY_PASSWORD_POLICY_BREACHED_TIMEOUT_MS',
      'SECURITY_PASSWORD_POLICY_BREACHED_CACHE_ENTRIES',
      'SECURITY_PASSWORD_POLICY_BREACHED_CACHE_SECONDS',
      'SECURITY_PASSWORD_POLICY_BREACHED_FILE',
      'SECURITY_PASSWORD_POLICY_BREACHED_ON_ERROR',
      'SECURITY_PASSWORD_POLICY_BREACHED_MIN_COUNT',
      'SECURITY_ENCRYPTION_KEYS',
      'SECURITY_ENCRYPTION_RINGS_<NAME>_KEYS',
      'SECURITY_ENCRYPTION_MAX_PLAINTEXT_BYTES',
      'SECURITY_ENCRYPTION_CLOCK_SKEW_SECONDS',
      'SECURITY_HMAC_PUBLIC_ORIGIN',
      'SECURITY_HMAC_MAX_TOKEN_TTL_SECONDS',
      'SECURITY_HMAC_TOLERANCE_SECONDS',
      'SECURITY_WEBHOOK_RECEIVERS_<NAME>_SCHEME',
      'SECURITY_WEBHOOK_RECEIVERS_<NAME>_SECRET',
      'SECURITY_API_KEY_KEYS',
      'SECURITY_AUDIT_DIRECTORY',
      'SECURITY_AUDIT_KEY_DIRECTORY',
      'SECURITY_AUDIT_RETENTION_DAYS',
      'SECURITY_AUDIT_RETENTION_MAX_BYTES',
      'SECURITY_AUDIT_RETENTION_LEGAL_HOLD',
      'SECURITY_AUDIT_APP_NAME',
      'SECURITY_AUDIT_APP_VERSION',
      'SECURITY_AUDIT_APP_INSTANCE',
      'SECURITY_AUDIT_FAIL_CLOSED',
    ]);
  });

  it('warn of an unknown variable, with the nearest known one and without its value', () => {
    const warn = jest.fn();
    optionsFromEnvironment({ SECURITY_KYES: `a:${testSecret('a')}` }, warn);
    expect(warn).toHaveBeenCalledWith(
      'The environment variable SECURITY_KYES is not known and was ignored. Did you mean SECURITY_KEYS?',
    );
  });

  it.each([
    ['none', []],
    ['warn, critical', ['warn', 'critical']],
  ])('read SECURITY_AUDIT_FAIL_CLOSED=%s', (value, failClosed) => {
    const options = optionsFromEnvironment({
      SECURITY_KEYS: `a:${testSecret('a')}`,
      SECURITY_AUDIT_FAIL_CLOSED: value,
    });
    expect(resolveSecurityOptions(options).audit.failClosed).toEqual(failClosed);
  });

  it.each(['', 'off', 'critical,'])('refuse SECURITY_AUDIT_FAIL_CLOSED=%s', (value) => {
    const options = optionsFromEnvironment({
      SECURITY_KEYS: `a:${testSecret('a')}`,
      SECURITY_AUDIT_FAIL_CLOSED: value,
    });
    expect(() => resolveSecurityOptions(options)).toThrow(
      /audit\.failClosed\[\d\] must be one of info, warn, critical/,
    );
  });

  it.each(['', ' ', '1e3', '0x40', '-1', '64.0', 'many'])('refuse %j as a number', (value) => {
    const options = optionsFromEnvironment({
      SECURITY_KEYS: `a:${testSecret('a')}`,
      SECURITY_PASSWORD_TIME_COST: value,
    });
    expect(() => resolveSecurityOptions(options)).toThrow(
      'password.timeCost must be a whole number of passes',
    );
  });

  it.each([
    ['', 'keys has no key'],
    [testSecret('a'), 'keys[0].id must be 1 to 32'],
    ['a:', 'keys[0].secret is empty'],
  ])('refuse SECURITY_KEYS=%j', (value, message) => {
    expect(() => resolveSecurityOptions(optionsFromEnvironment({ SECURITY_KEYS: value }))).toThrow(
      message,
    );
  });

  it('read each secret from a file, too', () => {
    const path = join(folder, 'keys');
    writeFileSync(path, `a:${testSecret('a')}\n`);
    const { keys } = resolveSecurityOptions(optionsFromEnvironment({ SECURITY_KEYS_FILE: path }));
    expect(keys).toMatchObject([{ id: 'a' }]);
  });

  it('refuse a file that is not there, a huge one, and a variable beside its file', () => {
    writeFileSync(join(folder, 'huge'), 'a'.repeat(70_000));
    expect(() => optionsFromEnvironment({ SECURITY_KEYS_FILE: join(folder, 'none') })).toThrow(
      /SECURITY_KEYS_FILE names a file that cannot be read \(ENOENT\)/,
    );
    expect(() => optionsFromEnvironment({ SECURITY_KEYS_FILE: join(folder, 'huge') })).toThrow(
      'more than 65536 bytes',
    );
    expect(() => optionsFromEnvironment({ SECURITY_KEYS_FILE: 'x', SECURITY_KEYS: 'a:b' })).toThrow(
      'SECURITY_KEYS_FILE is set beside SECURITY_KEYS',
    );
  });

  it('take a receiver named like an inherited property for what it is', () => {
    const options = optionsFromEnvironment({
      SECURITY_KEYS: `a:${testSecret('a')}`,
      SECURITY_WEBHOOK_RECEIVERS_CONSTRUCTOR_SCHEME: 'github',
      SECURITY_WEBHOOK_RECEIVERS_CONSTRUCTOR_SECRET: 'the webhook secret',
    });
    expect([...resolveSecurityOptions(options).webhook.receivers.keys()]).toEqual(['constructor']);
    expect(Object.keys(Object)).toEqual([]);
  });

  it('leave nothing out of an API key that has too many parts', () => {
    const { apiKey } = optionsFromEnvironment({ SECURITY_API_KEY_KEYS: 'ci:0a0a:rest' });
    expect(apiKey).toEqual({ keys: [{ id: 'ci', sha256: '0a0a:rest' }] });
  });

  it('take no file for what is no secret', () => {
    const warn = jest.fn();
    optionsFromEnvironment({ SECURITY_AUDIT_DIRECTORY_FILE: 'x' }, warn);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});

describe('securityConfig', () => {
  const saved = { ...process.env };
  afterEach(() => {
    process.env = { ...saved };
  });

  it('configures the module through @nestjs/config', async () => {
    process.env['SECURITY_KEYS'] = `a:${testSecret('a')}`;
    const module = await Test.createTestingModule({
      imports: [ConfigModule.forRoot(), SecurityModule.forRootAsync(securityConfig.asProvider())],
    }).compile();
    expect(module.get(HmacService).sign('x')).toMatch(/^sha256=[0-9a-f]{64}$/);
  });

  it('reads a .env file when ConfigModule.forRoot() stands beside it', async () => {
    const envFilePath = join(folder, '.env');
    writeFileSync(envFilePath, `SECURITY_KEYS=a:${testSecret('a')}\n`);
    const module = await Test.createTestingModule({
      imports: [
        ConfigModule.forRoot({ envFilePath }),
        SecurityModule.forRootAsync(securityConfig.asProvider()),
      ],
    }).compile();
    expect(module.get(HmacService).sign('x')).toMatch(/^sha256=[0-9a-f]{64}$/);
  });

  it('can be mixed with options from code', async () => {
    process.env['SECURITY_KEYS'] = `a:${testSecret('a')}`;
    process.env['SECURITY_PASSWORD_TIME_COST'] = '99';
    const module = await Test.createTestingModule({
      imports: [
        SecurityModule.forRootAsync({
          imports: [ConfigModule.forFeature(securityConfig)],
          inject: [securityConfig.KEY],
          useFactory: (fromEnvironment: ConfigType<typeof securityConfig>) => ({
            ...fromEnvironment,
            password: { timeCost: 2 },
          }),
        }),
      ],
    }).compile();
    expect(module.get(HmacService).sign('x')).toMatch(/^sha256=[0-9a-f]{64}$/);
  });

  it('lets the boot fail without keys', async () => {
    const boot = Test.createTestingModule({
      imports: [SecurityModule.forRootAsync(securityConfig.asProvider())],
    });
    await expect(boot.compile()).rejects.toThrow('keys is missing');
  });
});
