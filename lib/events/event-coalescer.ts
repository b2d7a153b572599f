import { AsyncResource } from 'node:async_hooks';
import type { Clock } from '../common/clock.js';
import type { SecurityEvent } from './security-event.js';

const FAILURE_WINDOW_MS = 1_000;
const USE_WINDOW_MS = 60_000;
const MAX_OPEN_WINDOWS = 1_000;
/** What all events of strangers together may bring a second, measured as JSON text. */
const ANONYMOUS_BYTES_PER_SECOND = 16 * 1024;

interface Window {
  readonly event: SecurityEvent;
  readonly lengthMs: number;
  readonly closesAt: number;
  count: number;
}

/**
 * Counts repetitions. The first event of a kind is delivered at once; those that follow within its
 * window are counted and delivered as one event when the window closes, which opens the next window, so
 * that a steady stream gives one event a window. Cost per event: linear in the size of the event.
 */
export class EventCoalescer {
  readonly #clock: Clock;
  readonly #deliver: (event: SecurityEvent) => void;
  readonly #deliverCounted: (event: SecurityEvent) => void;
  readonly #windows = new Map<string, Window>();
  readonly #budget: AnonymousBudget;
  #timer: NodeJS.Timeout | undefined;
  #suppressed = 0;

  /** @param clock milliseconds on a clock that is never set */
  constructor(clock: Clock, deliver: (event: SecurityEvent) => void) {
    this.#clock = clock;
    this.#deliver = deliver;
    // What was counted came from many requests: it must not pass for the doing of the one that is running now.
    this.#deliverCounted = AsyncResource.bind(deliver);
    this.#budget = new AnonymousBudget(clock);
  }

  add(event: SecurityEvent): void {
    const lengthMs = windowLength(event);
    if (lengthMs === 0) return this.#deliver(event);
    const kind = kindOf(event);
    this.#closeIfDue(kind, this.#clock());
    const open = this.#windows.get(kind);
    if (open) {
      open.count += event.n ?? 1;
    } else if (this.#admits(event, kind)) {
      this.#open(kind, event, lengthMs);
      this.#deliver(event);
    } else {
      this.#suppressed += event.n ?? 1;
    }
    this.#timer ??= setTimeout(() => this.#tick(), FAILURE_WINDOW_MS).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { event, count } of this.#windows.values()) {
      if (count > 0) this.#deliverCounted({ ...event, n: count });
    }
    this.#windows.clear();
    this.#deliverSuppressed();
  }

  #admits(event: SecurityEvent, kind: string): boolean {
    // What the application reports of its own keys is rare, and nothing strangers may crowd out.
    if (event.event.startsWith('key_')) return true;
    if (this.#windows.size >= MAX_OPEN_WINDOWS) return false;
    return 'actor' in event || this.#budget.spend(kind.length);
  }

  #open(kind: string, event: SecurityEvent, lengthMs: number): void {
    this.#windows.set(kind, { event, lengthMs, closesAt: this.#clock() + lengthMs, count: 0 });
  }

  #closeIfDue(kind: string, now: number): void {
    const window = this.#windows.get(kind);
    if (!window || window.closesAt > now) return;
    this.#windows.delete(kind);
    if (window.count === 0) return;
    // A repetition costs the budget what a first occurrence costs: kinds that are kept alive would pile up.
    if (!this.#admits(window.event, kind)) {
      this.#suppressed += window.count;
      return;
    }
    this.#open(kind, window.event, window.lengthMs);
    this.#deliverCounted({ ...window.event, n: window.count });
  }

  #tick(): void {
    this.#timer = undefined;
    const now = this.#clock();
    for (const kind of Array.from(this.#windows.keys())) this.#closeIfDue(kind, now);
    this.#deliverSuppressed();
    if (this.#windows.size > 0)
      this.#timer = setTimeout(() => this.#tick(), FAILURE_WINDOW_MS).unref();
  }

  #deliverSuppressed(): void {
    if (this.#suppressed === 0) return;
    const n = this.#suppressed;
    this.#suppressed = 0;
    this.#deliverCounted({
      event: 'security_events_suppressed',
      outcome: 'failure',
      reason: 'over-budget',
      n,
    });
  }
}

/** What strangers may write into the log a second, so that none of them fills the disk. */
class AnonymousBudget {
  readonly #clock: Clock;
  #second = 0;
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  spend(bytes: number): boolean {
    const second = Math.floor(this.#clock() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    return this.#bytes <= ANONYMOUS_BYTES_PER_SECOND;
  }
}

function windowLength(event: SecurityEvent): number {
  if (event.event === 'api_key_used') return USE_WINDOW_MS;
  return event.outcome === 'failure' ? FAILURE_WINDOW_MS : 0;
}

function kindOf(event: SecurityEvent): string {
  return event.event === 'api_key_used'
    ? `${event.event} ${event.actor?.id}`
    : JSON.stringify(event);
}
