import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { tilePath } from '../merkle/tile-path.js';
import { readRegular, unreadable } from './regular-file.js';

const HASH_BYTES = 32;
const WIDTH = 256;
const ATTEMPTS = 3;

/** The leaf hashes in the tiles of a stream. Nothing vouches for them: they have to lead to a signed root. */
export class LeafTiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The leaves from one on, up to the first that is missing.
   *
   * @throws AuditError `AUDIT_LOG_UNREADABLE`
   */
  async *leaves(from: number, to: number): AsyncGenerator<Buffer> {
    for (let at = from; at < to;) {
      const index = Math.floor(at / WIDTH);
      const end = Math.min(to, (index + 1) * WIDTH);
      const tile = await this.#tile(index, end - index * WIDTH);
      if (!tile) return;
      for (; at < end; at += 1) {
        const offset = (at - index * WIDTH) * HASH_BYTES;
        yield tile.subarray(offset, offset + HASH_BYTES);
      }
    }
  }

  /** A tile that holds at least so many leaves. */
  async #tile(index: number, width: number): Promise<Buffer | undefined> {
    // The writer may put a wider tile in the place of a partial one between two looks.
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const whole = await this.#read(index, WIDTH);
      if (whole || width === WIDTH) return whole;
      for (const enough of await this.#partialWidths(index, width)) {
        const part = await this.#read(index, enough);
        if (part) return part;
      }
    }
    return undefined;
  }

  async #read(index: number, width: number): Promise<Buffer | undefined> {
    const path = join(this.#folder, tilePath(0, index, width));
    const bytes = await readRegular(path, width * HASH_BYTES);
    return typeof bytes !== 'string' && bytes.length === width * HASH_BYTES ? bytes : undefined;
  }

  /** How wide the partial tiles are that hold enough, the narrowest first: which one is read hangs on no folder's order. */
  async #partialWidths(index: number, least: number): Promise<number[]> {
    const folder = join(this.#folder, `${tilePath(0, index)}.p`);
    const widths: number[] = [];
    try {
      for await (const { name } of await opendir(folder)) {
        const width = /^[1-9]\d{0,2}$/.test(name) ? Number(name) : WIDTH;
        if (width >= least && width < WIDTH) widths.push(width);
      }
      return widths.toSorted((a, b) => a - b);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error))) return [];
      throw unreadable(error, folder);
    }
  }
}
