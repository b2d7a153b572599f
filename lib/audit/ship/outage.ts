import { wordOf } from '../../common/system-error-code.js';
import { SecurityError } from '../../errors/security.error.js';
import type { OwnEventName } from '../../events/owasp-vocabulary.js';
import type { EventSubject } from '../../events/security-event.js';
import type { AuditEvent } from '../record/audit-event.js';

/** Reports are records, and records are what is sent: a failure that comes and goes must not feed itself. */
const REPORT_INTERVAL_MS = 60_000;
const REASON = /^[\w.-]{1,64}$/;

/** What the events of an outage are called, and what they are about. */
export interface OutageEvents {
  readonly failed: OwnEventName;
  readonly recovered: OwnEventName;
  readonly target: EventSubject;
}

/**
 * Counts failures in a row and reports the first of them, and the end of them with their number. An outage that
 * begins within a minute of the last report is reported when the minute is over, if it lasts so long.
 */
export class Outage {
  readonly #events: OutageEvents;
  readonly #report: (event: AuditEvent) => void;
  #failures = 0;
  #isReported = false;
  #reportedAt = -Infinity;
  #reason: string | undefined;

  constructor(events: OutageEvents, report: (event: AuditEvent) => void) {
    this.#events = events;
    this.#report = report;
  }

  /** Why the last try failed; `undefined` when it did not. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** @returns how many tries have failed in a row */
  failed(error: unknown): number {
    this.#failures += 1;
    this.#reason = reasonOf(error);
    const isTooSoon = performance.now() - this.#reportedAt < REPORT_INTERVAL_MS;
    if (!this.#isReported && !isTooSoon) {
      this.#isReported = true;
      this.#reportedAt = performance.now();
      const { failed: event, target } = this.#events;
      this.#report({ event, level: 'warn', outcome: 'failure', target, ...explained(error) });
    }
    return this.#failures;
  }

  /** A try did not fail. */
  succeeded(): void {
    const { recovered: event, target } = this.#events;
    const details = { retries: this.#failures };
    if (this.#isReported) this.#report({ event, outcome: 'success', target, details });
    this.#failures = 0;
    this.#isReported = false;
    this.#reason = undefined;
  }
}

/** What an event tells of an error. Texts of foreign errors may hold credentials; ours never do. */
export function explained(error: unknown): Pick<AuditEvent, 'reason' | 'details'> {
  const reason = reasonOf(error);
  return error instanceof SecurityError
    ? { reason, details: { error: error.message } }
    : { reason };
}

/** The code of an error, or else its name. */
function reasonOf(error: unknown): string {
  const text = wordOf(error, 'code') ?? wordOf(error, 'name') ?? '';
  return REASON.test(text) ? text : 'unknown';
}
