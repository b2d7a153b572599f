import { Inject, Injectable } from '@nestjs/common';
import { KeyringError } from '../errors/keyring.error.js';
import { SecurityConfigurationError } from '../errors/security-configuration.error.js';
import { KeyringRefresh } from './keyring-refresh.service.js';
import { KEY_SOURCE, type KeySource } from './key-source.js';
import { answerOf } from './load-keys.js';
import { ManagedKeyProvider } from './managed.key-provider.js';

/**
 * What can be done to a managed ring by hand. There is nothing that deletes a key.
 *
 * @example
 * await managedKeyring.revoke('2026-11-23-5f0c1a2b'); // it was in a log
 */
@Injectable()
export class ManagedKeyring {
  constructor(
    @Inject(KEY_SOURCE) private readonly source: KeySource,
    private readonly refresh: KeyringRefresh,
  ) {}

  /**
   * Marks a key as leaked. On this node it is refused when the promise resolves, on the others after
   * their next refresh. When no other key may create, a new one is added that creates at once.
   *
   * @param id the id of the key
   * @throws KeyringError `KEY_UNKNOWN` for an id that is not in the ring, `KEY_PROVIDER_FAILED` when
   * it is revoked in the store and this node could not read that back, or when the store gives no answer
   * @throws SecurityConfigurationError `KEY_RING_NOT_MANAGED` when `keys` is no managed ring
   */
  async revoke(id: string): Promise<void> {
    const provider = 'provider' in this.source ? this.source.provider : undefined;
    if (!(provider instanceof ManagedKeyProvider)) throw notManaged();
    await answerOf(provider, (signal) => provider.revoke(id, signal));
    if (!(await this.refresh.refresh())) throw notReadBack(id);
  }
}

function notReadBack(id: string): KeyringError {
  const message = `the key "${id}" is revoked in the store, but this node could not read that back: it refuses the key from its next good refresh on`;
  return new KeyringError('KEY_PROVIDER_FAILED', message, { status: 503 });
}

function notManaged(): SecurityConfigurationError {
  const message =
    'is not set: revoke a key of a list or of a provider by giving it the state "revoked" there.';
  return new SecurityConfigurationError(
    'KEY_RING_NOT_MANAGED',
    [{ option: 'keys.managed', message }],
    'ManagedKeyring cannot be used',
  );
}
