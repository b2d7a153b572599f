import type { Clock } from '../../../common/clock.js';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** A log is seldom taken up again later; a clock that lost its time is mostly further off. */
const LONGEST_REST_MS = 5 * 365 * DAY_MS;
/** Timers that are set to an hour may be early. */
const SETTLING_MS = HOUR_MS - 60_000;

/** The clocks that retention compares, both in milliseconds. */
export interface RetentionClocks {
  /** The time of day, which can be set. */
  readonly wall: Clock;
  /** A clock that nobody can set. */
  readonly monotonic: Clock;
}

/** What the clocks said once. */
interface Look {
  /** By the monotonic clock. */
  readonly at: number;
  /** By how much the time of day was ahead of that. */
  readonly offset: number;
}

/**
 * How far the time of day is believed: a clock that was set forward must not let records go. One that is more than
 * five years past what the log supports counts as a day past it in the first hour of a run. At any time, it is
 * believed no further than an hour past what it said in the last 24 hours, plus the time that has passed since. It
 * is to be looked at every hour.
 */
export class BelievedTime {
  readonly #clocks: RetentionClocks;
  readonly #supported: number;
  readonly #began: number;
  /** Those of the last 24 hours and the one before, oldest first. */
  readonly #looks: Look[] = [];
  #heldBackMs = 0;

  /** @param supported the time that the log supports, in ms since 1970; `undefined` when it has no records */
  constructor(clocks: RetentionClocks, supported: number | undefined) {
    this.#clocks = clocks;
    this.#supported = supported ?? Infinity;
    this.#began = this.#look().at;
  }

  /** By how many milliseconds the clock was ahead of what was believed, when that was asked last. */
  get heldBackMs(): number {
    return this.#heldBackMs;
  }

  /** Looks at the clocks. @returns the time to go by, in ms since 1970: that of the clock, or an earlier one */
  now(): number {
    const { at, offset } = this.#look();
    const wall = at + offset;
    const lowest = Math.min(...this.#looks.map((look) => look.offset));
    const isSettled = at - this.#began >= SETTLING_MS;
    const isLikely = isSettled || wall <= this.#supported + LONGEST_REST_MS;
    const limit = isLikely ? Infinity : this.#supported + DAY_MS;
    const believed = Math.min(wall, at + lowest + HOUR_MS, limit);
    this.#heldBackMs = Math.round(wall - believed);
    return believed;
  }

  #look(): Look {
    const at = this.#clocks.monotonic();
    const look = { at, offset: this.#clocks.wall() - at };
    this.#looks.push(look);
    const before = this.#looks.findLastIndex((each) => at - each.at >= DAY_MS);
    if (before > 0) this.#looks.splice(0, before);
    return look;
  }
}
