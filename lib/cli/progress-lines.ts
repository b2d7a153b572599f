import type { ProgressState, ProgressView } from './progress-view.js';
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

  update(state: ProgressState): void {
    const now = performance.now();
    if (now - this.#lastLine < INTERVAL_MS) return;
    this.#lastLine = now;
    const { value, total, unit, details } = state;
    const { perSecond, left } = speedOf(state, now - this.#began);
    const end = total === undefined ? '' : ` of ${Math.max(total, value)}, ${left} left`;
    say(this.#terminal, `${value} ${unit}${end}: ${details}, ${perSecond} ${unit}/s`);
  }

  stop(): void {
    // Each line stands for itself.
  }
}
