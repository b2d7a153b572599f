import { PackedHashes } from './packed-hashes.js';

/** The epochs of a stream as their statements tell them: where each ended, and which key signed in it. */
export class EpochLedger {
  readonly #keys = new PackedHashes();
  readonly #ends: number[] = [];

  /** @param firstKey the public key of epoch 0, 32 bytes */
  constructor(firstKey: Buffer) {
    this.#keys.push(firstKey);
  }

  /** How many epochs have ended; the number of the current one. */
  get count(): number {
    return this.#ends.length;
  }

  /** The size at which the last epoch ended. */
  get lastEnd(): number {
    return this.#ends.at(-1) ?? 0;
  }

  /** The public key of an epoch up to the current one. */
  keyOf(epoch: number): Buffer {
    return this.#keys.at(epoch);
  }

  /** Whether a size can be that of a checkpoint of an epoch. */
  isWithin(epoch: number, size: number): boolean {
    const start = epoch === 0 ? 0 : (this.#ends[epoch - 1] ?? Infinity);
    return size >= start && size <= (this.#ends[epoch] ?? Infinity);
  }

  /** Whether an epoch has ended at a size, and with this key for the next one. */
  hasEnded(epoch: number, size: number, nextKey: Buffer): boolean {
    return this.#ends[epoch] === size && this.keyOf(epoch + 1).equals(nextKey);
  }

  /** Ends the current epoch. */
  end(size: number, nextKey: Buffer): void {
    this.#ends.push(size);
    this.#keys.push(nextKey);
  }
}
