import { overdue } from './pause.js';

const TIMEOUT_MS = 30_000;

/** One call of a sink or an anchor at a time, watched for taking too long. */
export class WatchedCall {
  readonly #onOverdue: (error: unknown) => void;
  #running: AbortController | undefined;

  /** @param onOverdue hears of a call that takes more than 30 seconds */
  constructor(onOverdue: (error: unknown) => void) {
    this.#onOverdue = onOverdue;
  }

  /**
   * Waits for the call, however long it takes: another one beside it could overtake it.
   *
   * @param call gets a signal that aborts after 30 seconds, or with {@link WatchedCall.abort}
   */
  async run<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#running = controller;
    const timer = setTimeout(() => {
      controller.abort();
      this.#onOverdue(overdue());
    }, TIMEOUT_MS).unref();
    try {
      return await call(controller.signal);
    } finally {
      clearTimeout(timer);
      this.#running = undefined;
    }
  }

  /** Asks a call that is under way to give up. */
  abort(): void {
    this.#running?.abort();
  }
}
