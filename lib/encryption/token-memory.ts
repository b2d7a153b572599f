const LARGEST_KEPT = 2 * 1024 * 1024;
const SMALLEST_KEPT = 4096;

/**
 * Memory for one token at a time, kept from call to call, since fresh memory costs more than decoding into it.
 * It only ever holds what a token shows to everybody.
 */
export class TokenMemory {
  #kept = Buffer.alloc(0);

  /**
   * So many bytes, in which anything may stand. They are the caller's until the next call, which must not come
   * before the caller is done: nothing is awaited meanwhile.
   */
  take(size: number): Buffer {
    if (size > LARGEST_KEPT) return Buffer.allocUnsafe(size);
    if (size > this.#kept.length) this.#kept = Buffer.allocUnsafeSlow(roomFor(size));
    return this.#kept.subarray(0, size);
  }
}

function roomFor(size: number): number {
  return Math.max(SMALLEST_KEPT, 2 ** Math.ceil(Math.log2(size)));
}
