import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { ApiKeyGuard } from './api-key/api-key.guard.js';
import { API_KEY_OPTIONS } from './api-key/api-key.options.js';
import { ApiKeyService } from './api-key/api-key.service.js';
import { AuditScope } from './audit/capture/audit-scope.js';
import { CallRecorder } from './audit/capture/call-recorder.service.js';
import { ClockWatchService } from './audit/capture/clock-watch.service.js';
import { AUDIT_OPTIONS } from './audit/audit.options.js';
import { AuditService } from './audit/audit.service.js';
import { AuditLog } from './audit/log/audit-log.js';
import { auditLogOf } from './audit/log/audit-log.provider.js';
import { unknownOption } from './common/nearest-name.js';
import { RawBody } from './context/raw-body.js';
import { RoutePaths } from './context/route-paths.js';
import { SecurityErrorFilter } from './context/security-error.filter.js';
import { ENCRYPTION_OPTIONS } from './encryption/encryption.options.js';
import { EncryptionService } from './encryption/encryption.service.js';
import { RotationService } from './encryption/rotation/rotation.service.js';
import { SecurityConfigurationError } from './errors/security-configuration.error.js';
import { SecurityEvents } from './events/security-events.js';
import { HMAC_OPTIONS } from './hmac/hmac.options.js';
import { HmacService } from './hmac/hmac.service.js';
import { SignedUrlGuard } from './hmac/signed-url.guard.js';
import { SignedUrlService } from './hmac/signed-url.service.js';
import { KeyDerivationService } from './key-derivation/key-derivation.service.js';
import { KeyringRefresh } from './key-provider/keyring-refresh.service.js';
import { loadKeys } from './key-provider/load-keys.js';
import { KEY_SOURCE, keySourceOf, type KeySource } from './key-provider/key-source.js';
import { ManagedKeyring } from './key-provider/managed-keyring.service.js';
import { Keyring } from './keyring/keyring.js';
import { passwordAdmission } from './password/password-admission.provider.js';
import { PasswordAdmission } from './password/admission/password-admission.js';
import { PASSWORD_OPTIONS, type ResolvedPasswordOptions } from './password/password.options.js';
import { PASSWORD_POLICY_OPTIONS } from './password/policy/password-policy.options.js';
import { PasswordPolicyService } from './password/policy/password-policy.service.js';
import { PasswordService } from './password/password.service.js';
import { MemoryReplayStore } from './replay/memory.replay-store.js';
import { ReplayStore } from './replay/replay-store.js';
import { SecretsService } from './secrets/secrets.service.js';
import { TOTP_OPTIONS } from './secrets/totp.options.js';
import { TotpService } from './secrets/totp.service.js';
import {
  ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  OPTIONS_TYPE,
} from './security.module-definition.js';
import { SecurityBootLog } from './security.boot-log.js';
import {
  RESOLVED_OPTIONS,
  resolveSecurityOptions,
  type ResolvedSecurityOptions,
} from './security.options.js';
import { WebhookGuard } from './webhook/webhook.guard.js';
import { WEBHOOK_OPTIONS } from './webhook/webhook.options.js';
import { WebhookRouteCheck } from './webhook/webhook-route.check.js';
import { WebhookVerifier } from './webhook/webhook-verifier.service.js';

/** Where `forRootAsync` takes the options from. */
const SOURCE_KEYS = ['useFactory', 'useClass', 'useExisting'] as const;
const ASYNC_KEYS: readonly string[] = [
  ...SOURCE_KEYS,
  'imports',
  'inject',
  'provideInjectionTokensFrom',
  'isGlobal',
  'providers',
];

function featureOptions(token: symbol, feature: keyof ResolvedSecurityOptions): Provider {
  return {
    provide: token,
    inject: [RESOLVED_OPTIONS],
    useFactory: (options: ResolvedSecurityOptions) => options[feature],
  };
}

const providers: Provider[] = [
  // Importing the bare class leaves this one; forRoot and forRootAsync put theirs in its place.
  { provide: RESOLVED_OPTIONS, useFactory: () => resolveSecurityOptions(undefined) },
  {
    provide: KEY_SOURCE,
    inject: [RESOLVED_OPTIONS],
    useFactory: ({ keys }: ResolvedSecurityOptions) => keySourceOf(keys),
  },
  {
    provide: Keyring,
    inject: [KEY_SOURCE, SecurityEvents],
    useFactory: async (source: KeySource, events: SecurityEvents) =>
      new Keyring('list' in source ? source.list : await loadKeys(source.provider), events),
  },
  KeyringRefresh,
  ManagedKeyring,
  { provide: SecurityEvents, useFactory: () => new SecurityEvents() },
  RawBody,
  { provide: APP_FILTER, useClass: SecurityErrorFilter },
  SecurityBootLog,

  SecretsService,
  featureOptions(TOTP_OPTIONS, 'totp'),
  TotpService,

  KeyDerivationService,

  featureOptions(PASSWORD_OPTIONS, 'password'),
  {
    provide: PasswordAdmission,
    inject: [PASSWORD_OPTIONS],
    useFactory: passwordAdmission,
  },
  PasswordService,
  {
    provide: PASSWORD_POLICY_OPTIONS,
    inject: [PASSWORD_OPTIONS],
    useFactory: ({ policy }: ResolvedPasswordOptions) => policy,
  },
  PasswordPolicyService,

  featureOptions(ENCRYPTION_OPTIONS, 'encryption'),
  EncryptionService,
  RotationService,

  {
    provide: ReplayStore,
    inject: [RESOLVED_OPTIONS],
    useFactory: ({ hmac: { clock } }: ResolvedSecurityOptions) =>
      new MemoryReplayStore(clock && { clock }),
  },

  featureOptions(HMAC_OPTIONS, 'hmac'),
  RoutePaths,
  SignedUrlService,
  SignedUrlGuard,
  HmacService,

  featureOptions(WEBHOOK_OPTIONS, 'webhook'),
  WebhookVerifier,
  WebhookGuard,
  WebhookRouteCheck,

  featureOptions(API_KEY_OPTIONS, 'apiKey'),
  ApiKeyService,
  ApiKeyGuard,

  featureOptions(AUDIT_OPTIONS, 'audit'),
  {
    provide: AuditLog,
    inject: [RESOLVED_OPTIONS],
    useFactory: ({ audit }: ResolvedSecurityOptions) => auditLogOf(audit),
  },
  AuditScope,
  AuditService,
  CallRecorder,
  ClockWatchService,
];

/**
 * Provides every service of this package. Import it once, in the root module.
 *
 * @example
 * @Module({
 *   imports: [SecurityModule.forRoot({ keys: [{ id: '2026-11', secret: process.env.APP_KEY! }] })],
 * })
 * export class AppModule {}
 */
@Module({
  imports: [DiscoveryModule],
  providers,
  exports: [
    SecurityEvents,
    Keyring,
    KeyringRefresh,
    ManagedKeyring,
    SecretsService,
    TotpService,
    KeyDerivationService,
    PasswordService,
    PasswordPolicyService,
    EncryptionService,
    RotationService,
    ReplayStore,
    SignedUrlService,
    SignedUrlGuard,
    HmacService,
    RawBody,
    WebhookVerifier,
    WebhookGuard,
    ApiKeyService,
    ApiKeyGuard,
    AuditService,
    CallRecorder,
  ],
})
export class SecurityModule extends ConfigurableModuleClass {
  /** @throws SecurityConfigurationError `CONFIG_REGISTERED_TWICE` when it was imported with two configurations */
  constructor(modules: ModulesContainer) {
    super();
    const registered = [...modules.values()].filter(({ metatype }) => metatype === SecurityModule);
    if (registered.length > 1) throw registeredTwice(registered.length);
  }

  /**
   * Configures the module with options that are at hand.
   *
   * @throws SecurityConfigurationError when the application starts, naming every option that is wrong
   */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return super.forRoot(options ?? {});
  }

  /**
   * Configures the module with options that a factory gives.
   *
   * @throws SecurityConfigurationError at once for an unknown key beside `imports`, `inject`, `useFactory`,
   * `useClass`, `useExisting`, `providers`, `isGlobal`; when the application starts, naming every option
   * that is wrong
   * @example
   * SecurityModule.forRootAsync(securityConfig.asProvider());
   */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    const problem = problemOfAsyncOptions(options);
    if (problem === undefined) return super.forRootAsync(options);
    const option = 'SecurityModule.forRootAsync';
    throw new SecurityConfigurationError('CONFIG_INVALID', [{ option, message: problem }]);
  }
}

function problemOfAsyncOptions(options: typeof ASYNC_OPTIONS_TYPE | undefined): string | undefined {
  const keys = Object.keys(options ?? {});
  const [unknown] = keys.filter((key) => !ASYNC_KEYS.includes(key));
  if (unknown !== undefined) return unknownOption(unknown, ASYNC_KEYS);
  const sources = SOURCE_KEYS.filter((key) => options?.[key] !== undefined);
  return sources.length === 1 ? undefined : `needs exactly one of ${SOURCE_KEYS.join(', ')}.`;
}

function registeredTwice(times: number): SecurityConfigurationError {
  const message = `is registered ${times} times: keep one forRoot or forRootAsync, in the root module; its services can be injected everywhere.`;
  return new SecurityConfigurationError(
    'CONFIG_REGISTERED_TWICE',
    [{ option: 'SecurityModule', message }],
    'The application cannot start',
  );
}
