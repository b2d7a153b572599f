import { Logger } from '@nestjs/common';
import { counted } from '../common/counted.js';

const INTERVAL_MS = 1000;

/**
 * Tells the application's log of records that nobody waited for and that were not written: at most one a
 * second, with the number of the others, since a disk that fails fails every record.
 */
export class RecordComplaints {
  readonly #logger: Logger;
  #complainedAt = -Infinity;
  #untold = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Lets a recording go on by itself. */
  watch(recording: Promise<unknown>): void {
    recording.catch((error: unknown) => this.#complain(error));
  }

  #complain(error: unknown): void {
    const now = performance.now();
    this.#untold += 1;
    if (now - this.#complainedAt < INTERVAL_MS) return;
    this.#logger.error(error);
    if (this.#untold > 1)
      this.#logger.error(`${counted(this.#untold - 1, 'more event')} not recorded`);
    this.#complainedAt = now;
    this.#untold = 0;
  }
}
