/** The newest figure counts for this share. */
const WEIGHT = 0.2;

/**
 * Knows how long a hash of today takes on this machine, and so how much is missing to it when another took
 * less.
 */
export class TopUp {
  #meanMs: number | undefined;

  /** Notes how long a hash of today took. */
  note(elapsedMs: number): void {
    this.#meanMs =
      this.#meanMs === undefined ? elapsedMs : this.#meanMs + WEIGHT * (elapsedMs - this.#meanMs);
  }

  /** The share of a hash of today that is missing after so many milliseconds, 0 to 1; all of it while unknown. */
  missingShare(elapsedMs: number): number {
    if (this.#meanMs === undefined || this.#meanMs === 0) return 1;
    return Math.max(0, 1 - elapsedMs / this.#meanMs);
  }
}
