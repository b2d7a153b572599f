import type { Clock } from '../common/clock.js';
import { EventCoalescer } from './event-coalescer.js';
import type { SecurityEvent } from './security-event.js';

/** Receives events; must not throw and must not wait. */
export type SecurityEventListener = (event: SecurityEvent) => void;

/**
 * The port to which features report and from which the audit log hears of it, so that neither knows the
 * other. Reporting is synchronous, costs next to nothing when nobody listens, and is bounded: repeated
 * failures are counted into one event a second, uses of an API key into one a minute, and what is still
 * too much becomes one `security_events_suppressed` with the number.
 *
 * @example
 * const unsubscribe = events.subscribe((event) => metrics.increment(event.event, event.n ?? 1));
 */
export class SecurityEvents {
  readonly #listeners = new Set<SecurityEventListener>();
  readonly #coalescer: EventCoalescer;

  /** @param clock milliseconds on a clock that is never set, by which seconds and minutes are told */
  constructor(clock: Clock = () => performance.now()) {
    this.#coalescer = new EventCoalescer(clock, (event) => this.#deliver(event));
  }

  /**
   * Hears every event from now on.
   *
   * @returns a function that ends it
   */
  subscribe(listener: SecurityEventListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Reports an event. Never throws, never waits. */
  report(event: SecurityEvent): void {
    if (this.#listeners.size > 0) this.#coalescer.add(event);
  }

  /** Delivers at once what was counted and not yet delivered; call before shutting down. */
  flush(): void {
    this.#coalescer.flush();
  }

  #deliver(event: SecurityEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        // One listener must not cost the others the event, nor the request its answer.
        process.emitWarning(`A listener of SecurityEvents threw at ${event.event}.`);
      }
    }
  }
}
