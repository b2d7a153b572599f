/**
 * Cuts long work into slices between which the event loop runs. However many works there are, one slice is
 * done in a turn of the loop, so that together they hold it no longer than one alone.
 */
export class LoopTurns {
  #last: Promise<void> = Promise.resolve();

  /**
   * Waits for a turn of the loop that no other work has.
   *
   * @throws the signal's reason when it has aborted
   */
  async next(signal: AbortSignal | undefined): Promise<void> {
    this.#last = this.#last.then(nextTurn);
    await this.#last;
    signal?.throwIfAborted();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
