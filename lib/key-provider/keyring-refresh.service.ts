import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { randomInt } from 'node:crypto';
import { SecurityError } from '../errors/security.error.js';
import { SecurityEvents } from '../events/security-events.js';
import type { KeyProvider } from '../keyring/key-provider.js';
import { Keyring, type KeyChange } from '../keyring/keyring.js';
import { KEY_SOURCE, type KeySource } from './key-source.js';
import { LONGEST_TIMER_MS, loadKeys } from './load-keys.js';
import { ManagedKeyProvider } from './managed.key-provider.js';

const EVENT_OF_CHANGE = {
  added: 'key_added',
  state: 'key_state_changed',
  vanished: 'key_vanished',
} as const;

/**
 * Asks the key provider again and again. The last good ring stays in use while there is no answer, up to
 * `maxStaleSeconds`; every change and every silence is reported and logged.
 */
@Injectable()
export class KeyringRefresh implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('Keyring');
  #timer: NodeJS.Timeout | undefined;
  #lastAnswer = performance.now();
  #isFailing = false;
  #isStopped = false;
  #lastTurn = Promise.resolve(true);

  constructor(
    @Inject(KEY_SOURCE) private readonly source: KeySource,
    private readonly keyring: Keyring,
    private readonly events: SecurityEvents,
  ) {}

  /** Begins to ask, when there is a provider, and reports what it did at the start. */
  onModuleInit(): void {
    if (!('provider' in this.source)) return;
    const { provider } = this.source;
    const made = provider instanceof ManagedKeyProvider ? provider.madeAtStart : [];
    for (const id of made) this.#report('key_added', 'key', id, 'created');
    this.#schedule(provider);
  }

  /** Asks no more. */
  onApplicationShutdown(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /**
   * Asks now, without waiting for the next turn.
   *
   * @returns whether there was a good answer; failures are reported, not thrown
   */
  refresh(): Promise<boolean> {
    const ask = (): Promise<boolean> => this.#ask();
    // One after the other: an older answer that comes late must not undo a newer one.
    this.#lastTurn = this.#lastTurn.then(ask, ask);
    return this.#lastTurn;
  }

  async #ask(): Promise<boolean> {
    if (!('provider' in this.source)) return true;
    const { provider } = this.source;
    try {
      this.#accept(provider, this.keyring.update(await loadKeys(provider)));
      return true;
    } catch (error) {
      this.#fail(provider, error);
      return false;
    }
  }

  #accept({ name }: KeyProvider, changes: readonly KeyChange[]): void {
    this.#lastAnswer = performance.now();
    if (this.#isFailing) this.#report('key_refresh_recovered', 'key-provider', name);
    this.#isFailing = false;
    for (const { id, change, state } of changes) {
      if (change === 'vanished') this.#logger.error(vanishedKey(id, name));
      else this.#logger.log(`key ${id}: ${change === 'added' ? 'added as' : 'now'} ${state}`);
      this.#report(EVENT_OF_CHANGE[change], 'key', id, state);
    }
  }

  #fail({ name, refresh: { maxStaleSeconds } }: KeyProvider, error: unknown): void {
    const reason = error instanceof SecurityError ? error.code : 'unknown';
    this.#logger.warn(
      `the last good keys stay in use: ${error instanceof Error ? error.message : reason}`,
    );
    this.#isFailing = true;
    this.#report('key_refresh_failed', 'key-provider', name, reason);
    if (performance.now() - this.#lastAnswer < maxStaleSeconds * 1000) return;
    if (this.keyring.isStale) return;
    this.keyring.expire();
    this.#logger.error(
      `${name} has been silent for more than ${maxStaleSeconds} s: its keys are used no more`,
    );
    this.#report('key_ring_stale', 'key-provider', name);
  }

  #report(
    event:
      | 'key_refresh_failed'
      | 'key_refresh_recovered'
      | 'key_ring_stale'
      | (typeof EVENT_OF_CHANGE)[KeyChange['change']],
    type: string,
    id: string,
    reason?: string,
  ): void {
    const outcome =
      event === 'key_refresh_failed' || event === 'key_ring_stale' ? 'failure' : 'success';
    this.events.report({
      event,
      outcome,
      target: { type, id },
      ...(reason === undefined ? {} : { reason }),
    });
  }

  #schedule(provider: KeyProvider): void {
    if (this.#isStopped) return;
    const { refreshSeconds, maxStaleSeconds } = provider.refresh;
    const period = Math.min(refreshSeconds, maxStaleSeconds) * randomInt(900, 1100);
    // A turn falls on the end of the last answer's time, or stale keys would be used until the next one.
    const left = this.#lastAnswer + maxStaleSeconds * 1000 - performance.now();
    const wait = Math.min(period, left > 0 ? Math.ceil(left) : period, LONGEST_TIMER_MS);
    this.#timer = setTimeout(
      () => void this.refresh().then(() => this.#schedule(provider)),
      wait,
    ).unref();
  }
}

function vanishedKey(id: string, name: string): string {
  return `key ${id} is no longer in ${name}: it stays accepted until this process ends. To end it, list it as revoked.`;
}
