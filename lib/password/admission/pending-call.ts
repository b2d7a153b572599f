/** When a caller gives up, and what is done about it. */
export interface Patience {
  readonly timeoutMs: number;
  readonly onDeadline: () => void;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
}

/**
 * A caller who is owed one answer. The first that comes counts, what comes later is dropped. Until then its
 * deadline and its signal are watched, by a timer that does not keep the process alive.
 */
export class PendingCall<T> {
  /** What the caller waits for. */
  readonly answer: Promise<T>;
  readonly #patience: Patience;
  readonly #timer: NodeJS.Timeout;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;

  constructor(patience: Patience) {
    this.answer = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#patience = patience;
    this.#timer = setTimeout(patience.onDeadline, patience.timeoutMs).unref();
    patience.signal?.addEventListener('abort', patience.onAbort);
  }

  /** Answers as the work ends. Never rejects itself, however late the work fails. */
  async follow(work: Promise<T>): Promise<void> {
    try {
      this.#resolve(await work);
    } catch (error) {
      this.#reject(error);
    }
    this.#stopWatching();
  }

  /** Answers with an error. */
  refuse(error: unknown): void {
    this.#reject(error);
    this.#stopWatching();
  }

  #stopWatching(): void {
    clearTimeout(this.#timer);
    this.#patience.signal?.removeEventListener('abort', this.#patience.onAbort);
  }
}
