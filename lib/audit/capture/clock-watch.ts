import type { Clock } from '../../common/clock.js';

const STEP_MS = 1_000;

/** The clocks that a {@link ClockWatch} compares, both in milliseconds. */
export interface WatchedClocks {
  /** The time of day, which can be set. */
  readonly wall: Clock;
  /** A clock that nobody can set. */
  readonly monotonic: Clock;
}

/** Finds out when the time of day was set: it then goes another way than a clock that nobody can set. */
export class ClockWatch {
  readonly #clocks: WatchedClocks;
  #offset: number;

  constructor(clocks: WatchedClocks) {
    this.#clocks = clocks;
    this.#offset = this.#offsetNow();
  }

  /**
   * Compares the clocks with what they were at the last call. What is slewed little by little is no step.
   *
   * @returns by how many milliseconds the time was set, forward or (negative) back, when it was more than a second
   */
  check(): number | undefined {
    const offset = this.#offsetNow();
    const byMs = Math.round(offset - this.#offset);
    this.#offset = offset;
    return Math.abs(byMs) > STEP_MS ? byMs : undefined;
  }

  #offsetNow(): number {
    return this.#clocks.wall() - this.#clocks.monotonic();
  }
}
