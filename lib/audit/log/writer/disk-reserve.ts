import { randomBytes } from 'node:crypto';
import { lstatSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { tryToRemove, writeDurablySync } from './durable-sync.js';
import { writeFault } from './segment-fault.js';

/**
 * A file that takes up room until the disk is full, and then makes room for what must still be written.
 * Its bytes are random, since file systems that compress would keep no room for zeroes.
 */
export class DiskReserve {
  readonly #path: string;
  readonly #bytes: number;
  #isThere = false;

  constructor(folder: string, bytes: number) {
    this.#path = join(folder, 'reserve.bin');
    this.#bytes = bytes;
  }

  /**
   * Takes the room, if it is to be had. Never throws.
   *
   * @returns `false` when the disk is full; not when something else is in the way, which no room will mend
   */
  take(): boolean {
    if (this.#isThere || this.#bytes === 0) return true;
    try {
      const there = lstatSync(this.#path, { throwIfNoEntry: false });
      if (!there?.isFile() || there.size !== this.#bytes) {
        writeDurablySync(this.#path, randomBytes(this.#bytes));
      }
      this.#isThere = true;
      return true;
    } catch (error) {
      tryToRemove(this.#path);
      return writeFault(error).kind !== 'full';
    }
  }

  /** Gives the room back. @returns whether there was any */
  spend(): boolean {
    if (!this.#isThere) return false;
    this.#isThere = false;
    try {
      unlinkSync(this.#path);
      return true;
    } catch {
      return false;
    }
  }
}
