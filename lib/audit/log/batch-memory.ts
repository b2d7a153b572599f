/**
 * The memory in which a writer puts its batches together, one after the other. Memory of the size of a batch that
 * is allocated anew each time comes from the system page by page, which can cost more than to fill it.
 */
export class BatchMemory {
  #bytes = Buffer.alloc(0);

  /** At least so many bytes, in which the batch before may still stand. */
  take(length: number): Buffer {
    if (this.#bytes.length < length) this.#bytes = Buffer.allocUnsafeSlow(2 * length);
    return this.#bytes;
  }
}
