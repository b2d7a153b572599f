import { randomFillSync } from 'node:crypto';
import { BLOCK } from './fernet-format.js';

const POOL_BYTES = 4096;

/**
 * Random IVs of 16 bytes from the operating system's generator, which is asked for many at once. Each byte
 * is used once.
 */
export class IvSource {
  #pool = Buffer.alloc(0);
  #used = 0;

  /** The next IV: a view that nothing is ever written to again. */
  next(): Buffer {
    if (this.#used >= this.#pool.length) {
      this.#pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES));
      this.#used = 0;
    }
    const iv = this.#pool.subarray(this.#used, this.#used + BLOCK);
    this.#used += BLOCK;
    return iv;
  }
}
