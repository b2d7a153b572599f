import { Inject, Injectable } from '@nestjs/common';
import { Secret } from '../common/secret.js';
import { SecurityEvents } from '../events/security-events.js';
import { Keyring } from '../keyring/keyring.js';
import { BoundEncryption } from './bound-encryption.js';
import type { EncryptOptions } from './call-options.js';
import { contextParts, type EncryptionContext } from './encryption-context.js';
import { EncryptionCore } from './encryption-core.js';
import { EncryptionVerbs } from './encryption-verbs.js';
import { ENCRYPTION_OPTIONS, type ResolvedEncryptionOptions } from './encryption.options.js';
import { generateFernetKey } from './fernet-key.js';
import { RingEncryption } from './ring-encryption.js';
import { isSealed } from './sealed.js';
import { inspectToken, type TokenFacts } from './token-facts.js';

/**
 * Encrypts with Fernet (AES-128-CBC and HMAC-SHA256), as Python's `cryptography`, Go and Rust read and
 * write it (https://github.com/fernet/spec). The primary key encrypts, all accepted keys decrypt.
 *
 * @example
 * const token = encryption.encrypt('4111 1111 1111 1111');
 * encryption.decryptToString(token); // 4111 1111 1111 1111
 */
@Injectable()
export class EncryptionService extends EncryptionVerbs<EncryptOptions> {
  constructor(
    @Inject(ENCRYPTION_OPTIONS) options: ResolvedEncryptionOptions,
    keyring: Keyring,
    events: SecurityEvents,
  ) {
    super(new EncryptionCore(options, keyring, events), {}, ['ring', 'context']);
  }

  /**
   * The same verbs for a ring of `encryption.rings`.
   *
   * @throws SecurityConfigurationError `ENC_RING_UNKNOWN` naming the nearest known ring
   * @example
   * this.pii = encryption.ring('pii');
   */
  ring(name: string): RingEncryption {
    this.core.rings.named(name);
    return new RingEncryption(this.core, name);
  }

  /**
   * The same verbs for one context.
   *
   * @throws TypeError for anything but text or a list of texts
   * @throws EncryptionError `ENC_CONTEXT_INVALID` for an empty list, one of more than 16 parts, more than 8,192
   * bytes, or a lone surrogate
   * @example
   * const ibans = encryption.bind(['users.iban', user.id]);
   * user.iban = ibans.seal(iban);
   */
  bind(context: EncryptionContext): BoundEncryption {
    return new BoundEncryption(this.core, { context: [...contextParts(context)] });
  }

  /**
   * Makes a key for `encryption.keys`, as Python's `Fernet.generate_key()`: 32 random bytes, 44 characters.
   *
   * @example
   * encryption.generateKey().reveal();
   */
  generateKey(): Secret {
    return Secret.of(generateFernetKey());
  }

  /** Does as {@link isSealed}. */
  isSealed(value: unknown): value is string {
    return isSealed(value);
  }

  /** Does as {@link inspectToken}. */
  inspect(value: string): TokenFacts {
    return inspectToken(value);
  }
}
