import { createHook } from 'node:async_hooks';

/** What the package `argon2` calls a hash that libuv's pool has been given. */
const TYPE = 'argon2:HashWorker';

/** Watches the native hashes of this process, as Node itself sees them. */
export class NativeHashes {
  /** Those given to the pool and not yet come back. */
  readonly #open = new Set<number>();
  /** The most at a time so far. */
  peak = 0;
  /** Those that came back. */
  ended = 0;
  readonly #hook = createHook({
    init: (id, type) => {
      if (type !== TYPE) return;
      this.#open.add(id);
      this.peak = Math.max(this.peak, this.#open.size);
    },
    before: (id) => {
      if (this.#open.delete(id)) this.ended += 1;
    },
  });

  start(): this {
    this.#hook.enable();
    return this;
  }

  stop(): void {
    this.#hook.disable();
  }
}
