import progress from 'cli-progress';
import type { Writable } from 'node:stream';
import type { RotationProgress } from '../encryption/rotation/rotation-report.js';
import type { ProgressView } from './progress-view.js';
import { speedOf } from './speed.js';

const WITH_END =
  '{bar} {percentage} % | {value} of {total} | {rotated} rotated, {failed} failed | {speed} rows/s | {left} left';
const WITHOUT_END = '{value} rows | {rotated} rotated, {failed} failed | {speed} rows/s';

/** A bar that is drawn anew in the last line of a terminal, with the time that is left. */
export class ProgressBar implements ProgressView {
  readonly #stream: Writable;
  readonly #began = performance.now();
  #bar: progress.SingleBar | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  update(state: RotationProgress): void {
    const { scanned, rotated, failedCount: failed, total } = state;
    const { rowsPerSecond, left } = speedOf(state, performance.now() - this.#began);
    // Rows that are added meanwhile make it more than were counted.
    const end = Math.max(total ?? 0, scanned);
    const details = { rotated, failed, speed: rowsPerSecond, left };
    if (this.#bar) {
      this.#bar.setTotal(end);
      this.#bar.update(scanned, details);
      return;
    }
    this.#bar = new progress.SingleBar({
      stream: this.#stream,
      format: total === undefined ? WITHOUT_END : WITH_END,
      barsize: 24,
      barCompleteChar: '#',
      barIncompleteChar: '.',
      // Ctrl+C is the command's to handle: the batch is finished first.
      gracefulExit: false,
    });
    this.#bar.start(end, scanned, details);
  }

  stop(): void {
    this.#bar?.stop();
  }
}
