// The module and its options
export { SecurityModule } from './security.module.js';
export type { SecurityModuleExtras } from './security.module-definition.js';
export type { SecurityModuleOptions, SecurityOptionsFactory } from './security.options.js';
export { securityConfig } from './security.config.js';

// Keys
export { Keyring, type KeyChange, type RingKey } from './keyring/keyring.js';
export type { PurposeKey, PurposeKeys } from './keyring/purpose-keys.js';
export type { KeyEntry, KeyState } from './keyring/key-entry.js';
export { KeyProvider, type KeyRefreshOptions } from './keyring/key-provider.js';
export type { DocumentKey, KeyDocument } from './keyring/key-document.js';
export { KeyRingStore, type StoredKeyRing } from './key-provider/key-ring-store.js';
export { DirectoryKeyRingStore } from './key-provider/directory.key-ring-store.js';
export type { ManagedKeysOptions } from './key-provider/managed-keys.options.js';
export type { RootKeyOption, RootKeyWrapper } from './key-provider/root-key.js';
export { ManagedKeyring } from './key-provider/managed-keyring.service.js';
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
export { SecretsService, type TokenOptions } from './secrets/secrets.service.js';
export type { AlphabetName } from './secrets/alphabet.js';
export type { GeneratedSecret } from './secrets/generated-secret.js';
export type { PassphraseOptions } from './secrets/passphrase.js';
export {
  PASSWORD_CHARACTERS,
  type PasswordCharacterClass,
  type PasswordRules,
} from './secrets/password-rules.js';
export {
  TotpService,
  type HotpVerdict,
  type HotpVerifyOptions,
  type OneTimePasswordRefusal,
  type TotpVerdict,
  type TotpVerifyOptions,
} from './secrets/totp.service.js';
export type { OneTimePasswordAlgorithm, TotpOptions } from './secrets/totp.options.js';
export type { OtpauthAccount } from './secrets/otpauth-uri.js';
export { recoveryCodeDigest, type RecoveryCode } from './secrets/recovery-codes.js';

// Timing-safe comparison
export { timingSafeEqual, timingSafeEqualAny } from './common/timing-safe-equal.js';
export { secretMatcher } from './common/secret-matcher.js';
export {
  timingSafeEqualBase64,
  timingSafeEqualBase64Url,
  timingSafeEqualHex,
} from './common/timing-safe-encoded.js';
export type { ComparableSecret } from './common/comparable.js';

// Key derivation
export { KeyDerivationService } from './key-derivation/key-derivation.service.js';
export type {
  DerivedFernetKey,
  DerivedKey,
  DeriveOptions,
  FernetKeyOptions,
  KdfChoice,
  KeyToVerify,
} from './key-derivation/derive-options.js';
export type { HkdfOptions, InputKey } from './key-derivation/hkdf.js';
export type { Passphrase } from './key-derivation/passphrase.js';
export type { KdfAlgorithmName } from './key-derivation/recipe.js';
export type { ScryptParameters } from './key-derivation/scrypt.js';
export type { Pbkdf2Parameters } from './key-derivation/pbkdf2.js';
export type { Argon2Parameters } from './key-derivation/argon2-parameters.js';

// Passwords
export { PasswordService } from './password/password.service.js';
export type {
  LoginOptions,
  LoginVerdict,
  PasswordHashInfo,
  PasswordRequest,
  PasswordVerdict,
} from './password/password-verdict.js';
export type { PasswordReason } from './password/password-reason.js';
export type { RehashReason } from './password/target/rehash-reason.js';
export type { PasswordFormat, PasswordScheme } from './password/stored/stored-hash.js';
export type { Calibration, CalibrationGoal, CalibrationRow } from './password/calibrate.js';
export type { PasswordOptions } from './password/password.options.js';
export type { PasswordCeilings } from './password/password-ceilings.js';
export type { PasswordAdmissionOptions } from './password/admission/admission.options.js';
export type { Argon2ProfileName } from './password/target/argon2-profiles.js';
export type { CreatingSchemeName } from './password/target/creating-scheme.js';
export type { LegacyDigest } from './password/wrap-legacy.js';
export type { LegacyAlgorithm } from './password/stored/legacy-digest.js';

// Password policy
export { PasswordPolicyService } from './password/policy/password-policy.service.js';
export { passwordPolicySchema } from './password/policy/password-policy-schema.js';
export type { StandardTextResult, StandardTextSchema } from './password/policy/standard-schema.js';
export type {
  PasswordPolicyOptions,
  StrengthEstimatorOptions,
} from './password/policy/password-policy.options.js';
export type { BreachCheckOptions } from './password/policy/breach-check.options.js';
export type { PasswordContext } from './password/policy/password-context.js';
export type {
  BreachCheckOutcome,
  PasswordPolicyVerdict,
} from './password/policy/password-verdict.js';
export type {
  PasswordViolation,
  PasswordViolationCode,
} from './password/policy/password-violation.js';
export type { PasswordStrength } from './password/policy/strength.js';

// Encryption
export { EncryptionService } from './encryption/encryption.service.js';
export type { RingEncryption } from './encryption/ring-encryption.js';
export type { BoundEncryption } from './encryption/bound-encryption.js';
export type { DecryptedToken, EncryptionVerbs } from './encryption/encryption-verbs.js';
export type { TokenVerbs } from './encryption/token-verbs.js';
export type {
  AbortOptions,
  DecryptOptions,
  EncryptOptions,
  OpenOptions,
  SchemaOptions,
} from './encryption/call-options.js';
export type { EncryptionContext } from './encryption/encryption-context.js';
export { isSealed, parseSealed, type SealedParts } from './encryption/sealed.js';
export { inspectToken, type TokenFacts } from './encryption/token-facts.js';
export type { StandardResult, StandardSchema } from './encryption/standard-schema.js';
export type {
  EncryptionOptions,
  EncryptionRingOptions,
  NamedFernetKey,
} from './encryption/encryption.options.js';

// Rotation
export { RotationService } from './encryption/rotation/rotation.service.js';
export type { RotationOptions } from './encryption/rotation/rotation.options.js';
export type {
  RotationCounts,
  RotationFailure,
  RotationFailureReason,
  RotationProgress,
  RotationReport,
} from './encryption/rotation/rotation-report.js';
export {
  RotationSource,
  type KeyCount,
  type RotationChange,
  type RotationReading,
  type RotationRow,
} from './encryption/rotation/rotation-source.js';
export {
  iterableSource,
  type IterableSourceOptions,
} from './encryption/rotation/iterable-source.js';
export { sqlSource } from './encryption/rotation/sql-source.js';
export type {
  SqlClient,
  SqlRow,
  SqlSourceOptions,
} from './encryption/rotation/sql-source.options.js';
export {
  RotationCheckpoint,
  type RotationPosition,
} from './encryption/rotation/rotation-checkpoint.js';
export { FileRotationCheckpoint } from './encryption/rotation/file.rotation-checkpoint.js';
export type { KeyUsage } from './encryption/rotation/key-usage.js';
export { KeyConsumers, type KeyConsumer } from './keyring/key-consumers.js';
export type { KeyUse } from './keyring/key-retirement.js';

// Signatures
export { HmacService } from './hmac/hmac.service.js';
export type { HmacOptions } from './hmac/hmac.options.js';
export type { MacAlgorithm, MacData } from './hmac/mac/compute-mac.js';
export type { MacEncoding } from './hmac/mac/mac-format.js';
export type { MacKey } from './hmac/mac/mac-key.js';
export type { SignOptions } from './hmac/mac/sign-options.js';
export type { SignPayloadOptions } from './hmac/signature-verbs.js';
export type { Canonicalization } from './hmac/payload/canonical-payload.js';
export type { JsonValue } from './hmac/payload/check-json.js';
export type { SignTokenOptions, VerifyTokenOptions } from './hmac/token/token-options.js';
export type {
  AcceptedToken,
  RefusedToken,
  TokenRefusal,
  TokenVerdict,
} from './hmac/token/token-verdict.js';
export type { GuideTokenKey } from './hmac/token-verbs.js';
export type { CookieRefusal, CookieVerdict, SignCookieOptions } from './hmac/cookie-verbs.js';
export type { SignRequestOptions, VerifyRequestOptions } from './hmac/request-verbs.js';
export type { RequestKey } from './hmac/message/request-key.js';
export type { OutgoingRequest, RequestSignatureHeaders } from './hmac/message/sign-request.js';
export type {
  IncomingRequest,
  RequestRefusal,
  RequestVerdict,
} from './hmac/message/verify-request.js';
export type { MessageHeaders } from './hmac/message/request-target.js';
export type { ForeignRefusal, ForeignVerdict } from './hmac/foreign/foreign-verdict.js';
export type { ForeignHash, ItsdangerousKeyDerivation } from './hmac/foreign/foreign-key.js';
export {
  readItsdangerous,
  type ItsdangerousForm,
  type ItsdangerousOptions,
} from './hmac/foreign/read-itsdangerous.js';
export {
  readDjangoSigned,
  type DjangoForm,
  type DjangoSignedOptions,
} from './hmac/foreign/read-django-signed.js';
export {
  readCookieSignature,
  type CookieSignatureOptions,
} from './hmac/foreign/read-cookie-signature.js';

// Signed URLs
export { SignedUrlService } from './hmac/signed-url.service.js';
export { SignedUrl } from './hmac/signed-url.decorator.js';
export { SignedUrlGuard } from './hmac/signed-url.guard.js';
export type { SignedUrlRule } from './hmac/signed-url-rule.js';
export type { SignedUrlRequest, SignUrlOptions, UrlRule } from './hmac/url/url-options.js';
export type { SignRouteOptions } from './hmac/url/route-options.js';
export type { RouteValues, UrlValue } from './hmac/url/route-url.js';
export type { AcceptedUrl, RefusedUrl, UrlRefusal, UrlVerdict } from './hmac/url/url-verdict.js';

// Replay protection
export { ReplayStore, type ReplayClaim, type ReplayClaimOptions } from './replay/replay-store.js';
export { MemoryReplayStore, type MemoryReplayStoreOptions } from './replay/memory.replay-store.js';
export { replayKey } from './replay/replay-key.js';

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
export { RequireScopes } from './api-key/require-scopes.decorator.js';
export { CurrentApiKey } from './api-key/current-api-key.decorator.js';
export type { ApiKeyOptions, StaticApiKeyOptions } from './api-key/api-key.options.js';

// Audit log
export { AuditService } from './audit/audit.service.js';
export type { AuditHealth, Receipt } from './audit/log/audit-log.js';
export type { AuditOutletsState } from './audit/audit-outlets.js';
export { AuditAnchor, type AnchoredCheckpoint } from './audit/anchor/audit-anchor.js';
export type { AnchorState } from './audit/anchor/anchor-publisher.js';
export { DirectoryAuditAnchor } from './audit/anchor/directory.audit-anchor.js';
export { WitnessAuditAnchor } from './audit/anchor/witness.audit-anchor.js';
export type { WitnessAuditAnchorOptions } from './audit/anchor/witness-options.js';
export { assertContinues } from './audit/anchor/assert-continues.js';
export { AuditSink, type ShippedRecord, type SinkMark } from './audit/ship/audit-sink.js';
export type { ShipperState } from './audit/ship/shipper.js';
export type { ProvenRecord } from './audit/log/read/prove-record.js';
export type { RecordFilter } from './audit/log/read/record-filter.js';
export { parseTrust, type Trust, type TrustedStream } from './audit/log/verify/trust.js';
export type { VerifyOptions, VerifyProgress } from './audit/log/verify/verify-options.js';
export type {
  ProblemGrade,
  ProblemKind,
  AnchorReport,
  StreamReport,
  VerifyProblem,
  VerifyReport,
  VerifyStatus,
} from './audit/log/verify/verify-report.js';
export type { RetentionOptions } from './audit/log/retention/retention.options.js';
export type { AuditActor, AuditEvent } from './audit/record/audit-event.js';
export type { AuditRecord, RecordApp } from './audit/record/audit-record.js';
export {
  personal,
  PersonalData,
  type PersonalSubject,
} from './audit/record/personal/personal-data.js';
export type { AuditOptions } from './audit/audit.options.js';
export { Audit } from './audit/capture/audit.decorator.js';
export { AuditSkip } from './audit/capture/audit-skip.decorator.js';
export type { AuditRule } from './audit/capture/audit-rule.js';
export type { AuditScopeContext } from './audit/capture/audit-scope.js';

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
  OneTimePasswordEvent,
  PasswordEvent,
  SecurityEvent,
  SignatureEvent,
  SuppressionEvent,
  WebhookEvent,
} from './events/security-event.js';
export type { EventLevel, SecurityEventName } from './events/vocabulary.js';
export type { DeclaredAuditEvents } from './events/declared-audit-events.js';
export {
  AUDIT_EVENT_LEVELS,
  OWASP_EVENT_LEVELS,
  type AuditEventName,
  type OwaspEventName,
} from './events/owasp-vocabulary.js';

// Errors
export { SecurityError, type SecurityErrorDetails } from './errors/security.error.js';
export {
  SecurityConfigurationError,
  type ConfigurationProblem,
} from './errors/security-configuration.error.js';
export { KeyringError } from './errors/keyring.error.js';
export { EncryptionError } from './errors/encryption.error.js';
export { SecretsError } from './errors/secrets.error.js';
export { KeyDerivationError } from './errors/key-derivation.error.js';
export { PasswordError } from './errors/password.error.js';
export { PasswordBusyError, type PasswordBusyReason } from './errors/password-busy.error.js';
export { MacError } from './errors/mac.error.js';
export { ReplayError } from './errors/replay.error.js';
export { AuditError } from './errors/audit.error.js';
export type { SecurityErrorCode } from './errors/error-codes.js';
export { SecurityErrorFilter } from './context/security-error.filter.js';
export type { RequestFacts } from './context/http-request.js';
