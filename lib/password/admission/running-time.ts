const FIRST_GUESS_MS = 250;
/** The weight of the newest job in the mean: the last few dozen count. */
const WEIGHT = 1 / 16;
const MAX_SECONDS = 60;

/** How long jobs run, as a moving mean, and what follows from it for those who wait. */
export class RunningTime {
  #meanMs: number | undefined;

  /** Adds the time of one job. The first replaces the guess of 250 ms. */
  add(milliseconds: number): void {
    this.#meanMs ??= milliseconds;
    this.#meanMs += WEIGHT * (milliseconds - this.#meanMs);
  }

  /** The whole seconds, 1 to 60, that so many jobs take one after the other. */
  secondsFor(jobs: number): number {
    const seconds = Math.ceil((jobs * (this.#meanMs ?? FIRST_GUESS_MS)) / 1000);
    return Math.min(Math.max(seconds, 1), MAX_SECONDS);
  }
}
