import progress from 'cli-progress';
import type { Writable } from 'node:stream';
import type { ProgressState, ProgressView } from './progress-view.js';
import { speedOf } from './speed.js';

const WITH_END =
  '{bar} {percentage} % | {value} of {total} | {details} | {speed} {unit}/s | {left} left';
const WITHOUT_END = '{value} {unit} | {details} | {speed} {unit}/s';

/** A bar that is drawn anew in the last line of a terminal, with the time that is left. */
export class ProgressBar implements ProgressView {
  readonly #stream: Writable;
  readonly #began = performance.now();
  #bar: progress.SingleBar | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  update(state: ProgressState): void {
    const { value, total, unit, details } = state;
    const { perSecond, left } = speedOf(state, performance.now() - this.#began);
    // What is added meanwhile makes it more than was counted.
    const end = Math.max(total ?? 0, value);
    const payload = { unit, details, speed: perSecond, left };
    if (this.#bar) {
      this.#bar.setTotal(end);
      this.#bar.update(value, payload);
      return;
    }
    this.#bar = new progress.SingleBar({
      stream: this.#stream,
      format: total === undefined ? WITHOUT_END : WITH_END,
      barsize: 24,
      barCompleteChar: '#',
      barIncompleteChar: '.',
      // Ctrl+C is the command's to handle: what is under way is finished first.
      gracefulExit: false,
    });
    this.#bar.start(end, value, payload);
  }

  stop(): void {
    this.#bar?.stop();
  }
}
