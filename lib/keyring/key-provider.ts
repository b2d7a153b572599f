import type { KeyDocument } from './key-document.js';

/** How often a {@link KeyProvider} is asked again, and how long its last answer is believed. */
export interface KeyRefreshOptions {
  /**
   * Seconds between two questions, give or take a tenth, so that many processes do not ask at once.
   *
   * @default 300
   */
  refreshSeconds?: number;
  /**
   * Milliseconds after which an answer is no longer waited for.
   *
   * @default 5000
   */
  timeoutMs?: number;
  /**
   * Seconds for which the last good answer is used when no new one comes. After that, everything that
   * needs a key fails with `KEY_RING_STALE`.
   *
   * @default 86400 (a day)
   */
  maxStaleSeconds?: number;
}

/**
 * Where keys are kept outside the application. Extend it to keep them elsewhere; give an instance as
 * `keys`.
 *
 * @example
 * class MyKeys extends KeyProvider {
 *   readonly name = 'my store';
 *   load(signal: AbortSignal) {
 *     return fetchKeyDocument({ signal });
 *   }
 * }
 * SecurityModule.forRoot({ keys: new MyKeys({ refreshSeconds: 60 }) });
 */
export abstract class KeyProvider {
  /** What the provider is called in the log; never a secret. */
  abstract readonly name: string;
  /** How often to ask and how long to believe the answer, with the defaults filled in. */
  readonly refresh: Readonly<Required<KeyRefreshOptions>>;

  /** @throws RangeError for a time that is not a positive number */
  constructor({
    refreshSeconds = 300,
    timeoutMs = 5_000,
    maxStaleSeconds = 86_400,
  }: KeyRefreshOptions = {}) {
    for (const value of [refreshSeconds, timeoutMs, maxStaleSeconds]) {
      if (!(value > 0))
        throw new RangeError('refreshSeconds, timeoutMs and maxStaleSeconds must be above 0');
    }
    this.refresh = Object.freeze({ refreshSeconds, timeoutMs, maxStaleSeconds });
  }

  /**
   * Gives all keys. Called when the application starts and then again and again.
   *
   * @param signal aborts when the answer is no longer waited for
   * @throws anything at all when there is no answer: the last good one stays in use
   */
  abstract load(signal: AbortSignal): Promise<KeyDocument>;
}
