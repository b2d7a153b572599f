import { PasswordBusyError } from '../errors/password-busy.error.js';
import type { SecurityEvents } from '../events/security-events.js';
import type { AdmissionRequest } from './admission/admission-job.js';
import type { PasswordMatch, PasswordVerifier } from './password-verifier.js';

/** Makes new hashes in the place of old ones. What fails is counted and ends nothing: the password was right. */
export class HashReplacement {
  readonly #verifier: PasswordVerifier;
  readonly #events: SecurityEvents;

  constructor(verifier: PasswordVerifier, events: SecurityEvents) {
    this.#verifier = verifier;
    this.#events = events;
  }

  /** The new hash; `undefined` when none could be made now. */
  async create(
    { stored, text }: PasswordMatch,
    request: AdmissionRequest,
  ): Promise<string | undefined> {
    try {
      return await this.#verifier.create(text, request, stored);
    } catch (error) {
      this.#fail(error instanceof PasswordBusyError ? 'busy' : 'not-created');
      return undefined;
    }
  }

  /**
   * Makes the new hash and has it stored.
   *
   * @param store gives `false` when the old hash was not there any more
   * @returns whether it is stored
   */
  async store(
    match: PasswordMatch,
    request: AdmissionRequest,
    store: (newHash: string) => unknown,
  ): Promise<boolean> {
    const newHash = await this.create(match, request);
    if (newHash === undefined) return false;
    try {
      if ((await store(newHash)) === false) return false;
    } catch {
      this.#fail('not-stored');
      return false;
    }
    this.#events.report({ event: 'password_rehashed', outcome: 'success' });
    return true;
  }

  #fail(reason: string): void {
    this.#events.report({ event: 'password_rehash_failed', outcome: 'failure', reason });
  }
}
