import type { Clock } from '../common/clock.js';
import { readClock } from '../common/read-clock.js';
import type { RequestFacts } from '../context/http-request.js';
import type { SecurityEvents } from '../events/security-events.js';
import type { Keyring } from '../keyring/keyring.js';
import type { ReplayStore } from '../replay/replay-store.js';
import type { ResolvedHmacOptions } from './hmac.options.js';

/** What was signed, by the verb that verifies it. */
export type SignedKind =
  'data' | 'payload' | 'token' | 'guide-token' | 'cookie' | 'request' | 'url';

/** What the verbs share. */
export class HmacCore {
  readonly #clock: Clock;
  readonly #events: SecurityEvents;

  constructor(
    readonly options: ResolvedHmacOptions,
    readonly keyring: Keyring,
    readonly replayStore: ReplayStore,
    events: SecurityEvents,
  ) {
    this.#clock = options.clock ?? Date.now;
    this.#events = events;
  }

  /**
   * The present second since the Unix epoch.
   *
   * @throws TypeError for a clock that gives no number
   */
  now(): number {
    return Math.floor(readClock(this.#clock) / 1000);
  }

  /** Reports why something signed was refused. Never names it: a name could be anything that a user sent. */
  report(kind: SignedKind, reason: string, facts?: RequestFacts): void {
    const target = { type: 'hmac', id: kind };
    this.#events.report({
      event: 'signature_refused',
      outcome: 'failure',
      reason,
      target,
      ...facts,
    });
  }
}
