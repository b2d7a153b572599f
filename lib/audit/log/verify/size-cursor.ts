/** Walks up the sizes at which roots are asked for. They are in memory that threads share. */
export class SizeCursor {
  readonly #sizes: Float64Array;
  #at = 0;

  constructor(sizes: SharedArrayBuffer) {
    this.#sizes = new Float64Array(sizes);
  }

  /** Puts distinct sizes, ascending, into memory that threads can share. */
  static share(sizes: readonly number[]): SharedArrayBuffer {
    const memory = new SharedArrayBuffer(sizes.length * Float64Array.BYTES_PER_ELEMENT);
    new Float64Array(memory).set(sizes);
    return memory;
  }

  /** The smallest size above a number, `Infinity` when there is none. O(log n) the first time. */
  above(size: number): number {
    if (!this.#isNext(this.#at, size)) this.#at = this.#find(size);
    return this.#sizes[this.#at] ?? Infinity;
  }

  #isNext(at: number, size: number): boolean {
    const before = at === 0 || (this.#sizes[at - 1] ?? Infinity) <= size;
    return before && (this.#sizes[at] ?? Infinity) > size;
  }

  #find(size: number): number {
    let [low, high] = [0, this.#sizes.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#sizes[middle] ?? Infinity) > size) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
