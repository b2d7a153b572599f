import type { RotationProgress } from '../encryption/rotation/rotation-report.js';
import type { ProgressView } from './progress-view.js';
import { speedOf } from './speed.js';
import { say, type Terminal } from './terminal.js';

const INTERVAL_MS = 5000;

/** A plain line now and then, for logs and pipes. */
export class ProgressLines implements ProgressView {
  readonly #terminal: Terminal;
  readonly #began = performance.now();
  #lastLine = -Infinity;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  update(progress: RotationProgress): void {
    const now = performance.now();
    if (now - this.#lastLine < INTERVAL_MS) return;
    this.#lastLine = now;
    const { scanned, rotated, failedCount, total } = progress;
    const { rowsPerSecond, left } = speedOf(progress, now - this.#began);
    const end = total === undefined ? '' : ` of ${Math.max(total, scanned)}, ${left} left`;
    say(
      this.#terminal,
      `${scanned} rows${end}: ${rotated} rotated, ${failedCount} failed, ${rowsPerSecond} rows/s`,
    );
  }

  stop(): void {
    // Each line stands for itself.
  }
}
