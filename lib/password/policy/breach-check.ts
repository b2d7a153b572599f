import { hash } from 'node:crypto';
import type { SecurityEvents } from '../../events/security-events.js';
import { BreachCheckError } from './breach-check.error.js';
import type { ResolvedBreachCheckOptions } from './breach-check.options.js';
import { BreachedFile } from './breached-file.js';
import type { BreachedPasswordLookup } from './breached-password-lookup.js';
import { BreachedPasswords } from './breached-passwords.js';
import type { BreachCheckOutcome } from './password-verdict.js';
import { breached, VIOLATIONS, type PasswordViolation } from './password-violation.js';

/** What a look-up means for a password. */
export interface BreachFinding {
  readonly outcome: BreachCheckOutcome;
  readonly violation?: PasswordViolation;
}

/** Looks passwords up, and decides what it means when there is no answer. */
export class BreachCheck {
  readonly #options: ResolvedBreachCheckOptions;
  readonly #events: SecurityEvents;
  readonly #lookup: BreachedPasswordLookup;

  constructor(options: ResolvedBreachCheckOptions, events: SecurityEvents) {
    this.#options = options;
    this.#events = events;
    this.#lookup =
      options.file === undefined ? new BreachedPasswords(options) : new BreachedFile(options.file);
  }

  /** @param password in Unicode NFC */
  async find(password: string): Promise<BreachFinding> {
    try {
      const count = await this.#lookup.count(hash('sha1', password, 'hex').toUpperCase());
      return count >= this.#options.minCount
        ? { outcome: 'breached', violation: breached(count) }
        : { outcome: 'clean' };
    } catch (error) {
      if (error instanceof BreachCheckError) return this.#failed(error);
      throw error;
    }
  }

  #failed({ reason }: BreachCheckError): BreachFinding {
    const { onError } = this.#options;
    if (onError !== 'allow') {
      const event = 'password_breach_check_failed';
      this.#events.report({ event, outcome: 'failure', reason });
    }
    return onError === 'deny'
      ? { outcome: 'unavailable', violation: VIOLATIONS.breachCheckFailed }
      : { outcome: 'unavailable' };
  }
}
