import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { describeApiKeys } from './api-key/api-key.options.js';
import { describeAudit } from './audit/audit.options.js';
import { describeEncryption } from './encryption/encryption.options.js';
import { Keyring } from './keyring/keyring.js';
import { describePasswords } from './password/password.options.js';
import { RESOLVED_OPTIONS, type ResolvedSecurityOptions } from './security.options.js';
import { describeWebhooks } from './webhook/webhook.options.js';

/** Says once, when the application starts, what each service works with: a line each, in words. */
@Injectable()
export class SecurityBootLog implements OnApplicationBootstrap {
  readonly #logger = new Logger('SecurityModule');

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedSecurityOptions,
    private readonly keyring: Keyring,
  ) {}

  /** Writes the lines. */
  onApplicationBootstrap(): void {
    for (const line of this.lines()) this.#logger.log(line);
  }

  /** The lines: ids, names and numbers, never a key. */
  lines(): readonly string[] {
    const { password, encryption, webhook, apiKey, audit } = this.options;
    return [
      `keys: ${this.keyring.describe()}`,
      describePasswords(password),
      ...describeEncryption(encryption),
      describeWebhooks(webhook),
      describeApiKeys(apiKey),
      describeAudit(audit),
    ].filter((line) => line !== undefined);
  }
}
