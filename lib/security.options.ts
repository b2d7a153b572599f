import { z } from 'zod';
import { apiKeySchema, type ApiKeyOptions } from './api-key/api-key.options.js';
import { auditSchema, type AuditOptions } from './audit/audit.options.js';
import type { Clock } from './common/clock.js';
import { optionPath } from './common/option-path.js';
import { clock, optionGroup, optionNotes } from './common/option-schema.js';
import { encryptionSchema, type EncryptionOptions } from './encryption/encryption.options.js';
import {
  SecurityConfigurationError,
  type ConfigurationProblem,
} from './errors/security-configuration.error.js';
import { hmacSchema, type HmacOptions } from './hmac/hmac.options.js';
import type { KeyEntry } from './keyring/key-entry.js';
import type { KeyProvider } from './keyring/key-provider.js';
import { keysSchema } from './key-provider/keys.options.js';
import type { ManagedKeysOptions } from './key-provider/managed-keys.options.js';
import { passwordSchema, type PasswordOptions } from './password/password.options.js';
import { totpSchema, type TotpOptions } from './secrets/totp.options.js';
import { webhookSchema, type WebhookOptions } from './webhook/webhook.options.js';

/**
 * Everything that {@link SecurityModule} can be told. Only `keys` is needed; a feature that needs more
 * and was not given it is not started, and says so when it is used.
 */
export interface SecurityModuleOptions {
  /**
   * The keys, newest first: the first creates, the others are still accepted. Every feature derives a
   * key of its own from them (HKDF-SHA256), so one list and one rotation serve all. Or a
   * {@link KeyProvider} that gives them, or a managed ring that makes them.
   */
  keys: readonly KeyEntry[] | KeyProvider | { managed: ManagedKeysOptions };
  /** What one-time passwords of authenticator apps look like. */
  totp?: TotpOptions;
  /** How passwords are hashed. */
  password?: PasswordOptions;
  /** Fernet keys of their own, for tokens shared with other software. */
  encryption?: EncryptionOptions;
  /** For what origin, and for how long, things are signed. */
  hmac?: HmacOptions;
  /** The webhooks that are received; none unless given. */
  webhook?: WebhookOptions;
  /** The API keys that are accepted; none unless given. */
  apiKey?: ApiKeyOptions;
  /** Where the audit log is kept; nothing is recorded unless given. */
  audit?: AuditOptions;
  /**
   * Tells the time in milliseconds, to every feature that has no `clock` of its own.
   *
   * @default Date.now
   */
  clock?: Clock;
}

/** What `useClass` and `useExisting` of `forRootAsync` have to implement. */
export interface SecurityOptionsFactory {
  /** Gives the options, or a promise of them. */
  createSecurityOptions(): SecurityModuleOptions | Promise<SecurityModuleOptions>;
}

/** The schema of all options: those of the features put together. */
export const securitySchema = optionGroup(
  {
    keys: keysSchema,
    totp: totpSchema.prefault({}),
    password: passwordSchema.prefault({}),
    encryption: encryptionSchema.prefault({}),
    hmac: hmacSchema.prefault({}),
    webhook: webhookSchema.prefault({}),
    apiKey: apiKeySchema.prefault({}),
    audit: auditSchema.prefault({}),
    clock: clock().optional().register(optionNotes, {
      about: 'Tells the time in milliseconds, to every feature without a clock of its own.',
      byDefault: '`Date.now`',
    }),
  },
  "{ keys: [{ id: '2026-11', secret }] }",
);

/** {@link SecurityModuleOptions} after checking, with the defaults filled in. */
export type ResolvedSecurityOptions = Readonly<z.output<typeof securitySchema>>;

/**
 * Checks options and fills the defaults in.
 *
 * @throws SecurityConfigurationError `CONFIG_OPTIONS_MISSING` without any, `CONFIG_INVALID` naming every
 * option that is wrong
 */
export function resolveSecurityOptions(options: unknown): ResolvedSecurityOptions {
  if (options === undefined || options === null) {
    throw new SecurityConfigurationError('CONFIG_OPTIONS_MISSING', [
      {
        option: 'the options',
        message: `are ${options}: return an object from the factory, such as { keys: [{ id: '2026-11', secret }] }.`,
      },
    ]);
  }
  const parsed = securitySchema.safeParse(options);
  if (!parsed.success)
    throw new SecurityConfigurationError('CONFIG_INVALID', parsed.error.issues.map(toProblem));
  refuseTurningPepper(parsed.data);
  return freeze(withClock(parsed.data));
}

/** Peppers turn on command only: with keys that turn by the calendar, the old one may be gone while hashes need it. */
function refuseTurningPepper({ keys, password }: ResolvedSecurityOptions): void {
  if (Array.isArray(keys) || password.pepper === 'off' || password.pepperKeyId !== undefined)
    return;
  const message =
    'is needed, since these keys turn by themselves and a pepper must not: name one of the keys that the boot log lists as "keys:", and keep that key for as long as there are passwords.';
  throw new SecurityConfigurationError('CONFIG_INVALID', [
    { option: 'password.pepperKeyId', message },
  ]);
}

function toProblem({ path, message }: z.core.$ZodIssue): ConfigurationProblem {
  return { option: path.length === 0 ? 'SecurityModule' : optionPath(path), message };
}

function withClock({
  clock: common,
  ...options
}: ResolvedSecurityOptions): ResolvedSecurityOptions {
  if (!common) return options;
  return {
    ...options,
    keys:
      'managed' in options.keys
        ? { managed: { clock: common, ...options.keys.managed } }
        : options.keys,
    totp: { clock: common, ...options.totp },
    encryption: { clock: common, ...options.encryption },
    hmac: { clock: common, ...options.hmac },
    audit: { clock: common, ...options.audit },
  };
}

/** Freezes plain data only: what else stands in the options belongs to the user. */
function freeze<T extends object>(value: T): T {
  for (const child of Object.values(value)) if (isPlain(child)) freeze(child);
  return Object.freeze(value);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** The injection token of {@link ResolvedSecurityOptions}. */
export const RESOLVED_OPTIONS = Symbol('nestjs-security:options');
