const HASH_BYTES = 32;
const FIRST_CAPACITY = 64;

/** A list of hashes or keys of 32 bytes in one piece of memory: a year of epochs has half a million. */
export class PackedHashes {
  #memory = Buffer.alloc(FIRST_CAPACITY * HASH_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(hash: Buffer): void {
    const at = this.#length * HASH_BYTES;
    if (at === this.#memory.length) {
      this.#memory = Buffer.concat([this.#memory, Buffer.alloc(this.#memory.length)]);
    }
    hash.copy(this.#memory, at, 0, HASH_BYTES);
    this.#length += 1;
  }

  /** @throws RangeError when there is none */
  at(index: number): Buffer {
    if (index < 0 || index >= this.#length) throw new RangeError(`there is no hash ${index}`);
    return this.#memory.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }
}
