/** Writes moments in ISO 8601, UTC, with milliseconds. Remembers the last, which a busy log asks for many times. */
export class IsoTimes {
  #ms = Number.NaN;
  #text = '';

  /** @throws RangeError for what is no time */
  of(ms: number): string {
    if (ms !== this.#ms) {
      this.#text = new Date(ms).toISOString();
      this.#ms = ms;
    }
    return this.#text;
  }
}
