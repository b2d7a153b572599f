import { leafHash } from './leaf-hash.js';
import { TileStore } from './merkle/tile-store.js';
import { readLines } from './writer/read-leaves.js';
import { listSegments } from './writer/segment-names.js';

/** 64 full tiles. */
const LEAVES_AT_ONCE = 64 * 256;

/** The tiles of a stream that this process writes: they follow the segments when somebody needs them. */
export class LogTiles {
  readonly #folder: string;
  #turn: Promise<unknown> = Promise.resolve();
  /** Whether the disk has all that was there before this process. */
  #isFlushed = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Makes the tiles hold the leaf hashes of the first `size` records. Cost: reads what was not read before.
   *
   * @throws AuditError `AUDIT_LOG_DAMAGED` when records are missing
   */
  upTo(size: number): Promise<TileStore> {
    const done = this.#turn.then(() => this.#extend(size));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #extend(size: number): Promise<TileStore> {
    const tiles = new TileStore(this.#folder);
    if (!this.#isFlushed) await tiles.flushNames();
    this.#isFlushed = true;
    let first = await tiles.size();
    let leaves: Buffer[] = [];
    const write = async (): Promise<void> => {
      await tiles.writeLeaves(first, leaves);
      first += leaves.length;
      leaves = [];
    };
    const lines = readLines(this.#folder, listSegments(this.#folder), first, size);
    for await (const { line } of first < size ? lines : []) {
      leaves.push(Buffer.from(leafHash(Buffer.from(line, 'utf8')), 'hex'));
      if (leaves.length === LEAVES_AT_ONCE) await write();
    }
    if (leaves.length > 0) await write();
    return tiles;
  }
}
