// The module and its options
export { SecurityModule } from './security.module.js';
export type { SecurityModuleExtras } from './security.module-definition.js';
export type { SecurityModuleOptions, SecurityOptionsFactory } from './security.options.js';
export { securityConfig } from './security.config.js';

// Keys
export {
  Keyring,
  type KeyChange,
  type PurposeKey,
  type PurposeKeys,
  type RingKey,
} from './keyring/keyring.js';
export type { KeyEntry, KeyState } from './keyring/key-entry.js';
export { KeyProvider, type KeyRefreshOptions } from './keyring/key-provider.js';
export type { DocumentKey, KeyDocument } from './keyring/key-document.js';
export { KeyringRefresh } from './key-provider/keyring-refresh.service.js';
export {
  EnvironmentKeyProvider,
  type EnvironmentKeyProviderOptions,
} from './key-provider/environment.key-provider.js';
export { FileKeyProvider, type FileKeyProviderOptions } from './key-provider/file.key-provider.js';
export {
  AwsSecretsManagerKeyProvider,
  type AwsSecretsManagerClient,
  type AwsSecretsManagerKeyProviderOptions,
  type AwsSecretValue,
} from './key-provider/aws-secrets-manager.key-provider.js';
export {
  VaultKeyProvider,
  type VaultClient,
  type VaultKeyProviderOptions,
} from './key-provider/vault.key-provider.js';
export type { KeyPurpose } from './keyring/purpose.js';
export { Secret } from './common/secret.js';
export type { Clock } from './common/clock.js';

// Secrets
export { SecretsService } from './secrets/secrets.service.js';
export { timingSafeEqual } from './common/timing-safe-equal.js';

// Passwords
export { PasswordService } from './password/password.service.js';
export type { PasswordOptions } from './password/password.options.js';

// Encryption
export { EncryptionService, type DecryptOptions } from './encryption/encryption.service.js';
export type { EncryptionOptions } from './encryption/encryption.options.js';

// Signatures
export { HmacService } from './hmac/hmac.service.js';

// Webhooks
export { VerifyWebhook } from './webhook/verify-webhook.decorator.js';
export { WebhookGuard } from './webhook/webhook.guard.js';
export {
  WebhookVerifier,
  type WebhookDelivery,
  type WebhookRefusal,
  type WebhookVerdict,
} from './webhook/webhook-verifier.service.js';
export type { WebhookOptions, WebhookReceiverOptions } from './webhook/webhook.options.js';

// API keys
export { ApiKeyGuard } from './api-key/api-key.guard.js';
export {
  ApiKeyService,
  type ApiKeyRefusal,
  type ApiKeyVerdict,
  type VerifiedApiKey,
} from './api-key/api-key.service.js';
export { CurrentApiKey } from './api-key/current-api-key.decorator.js';
export type { ApiKeyOptions, StaticApiKeyOptions } from './api-key/api-key.options.js';

// Audit log
export { AuditService } from './audit/audit.service.js';
export type { Receipt } from './audit/log/audit-log.js';
export type { AuditActor, AuditEvent } from './audit/record/audit-event.js';
export type { AuditRecord } from './audit/record/audit-record.js';
export type { AuditOptions } from './audit/audit.options.js';

// Security events
export { SecurityEvents, type SecurityEventListener } from './events/security-events.js';
export type {
  ApiKeyEvent,
  DecryptionEvent,
  EventOrigin,
  EventRoute,
  EventSubject,
  Identifier,
  KeyringEvent,
  PasswordEvent,
  SecurityEvent,
  SignatureEvent,
  SuppressionEvent,
  WebhookEvent,
} from './events/security-event.js';
export type { EventLevel, SecurityEventName } from './events/vocabulary.js';

// Errors
export { SecurityError, type SecurityErrorDetails } from './errors/security.error.js';
export {
  SecurityConfigurationError,
  type ConfigurationProblem,
} from './errors/security-configuration.error.js';
export { KeyringError } from './errors/keyring.error.js';
export { EncryptionError } from './errors/encryption.error.js';
export { PasswordError } from './errors/password.error.js';
export { AuditError } from './errors/audit.error.js';
export type { SecurityErrorCode } from './errors/error-codes.js';
export { SecurityErrorFilter } from './context/security-error.filter.js';
export type { RequestFacts } from './context/http-request.js';
