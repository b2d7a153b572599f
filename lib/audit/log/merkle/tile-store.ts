import { readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { checkWhole } from '../../../common/check-whole.js';
import { HASH_BYTES } from './node-hash.js';
import {
  pathOf,
  readTile,
  syncFoldersOf,
  undefinedWhenMissing,
  widestPartial,
  type TilePlace,
} from './tile-file.js';
import { nextBorder, TILE_HEIGHT, TILE_WIDTH } from './tile-path.js';
import { writeTiles } from './tile-writer.js';
import { missingTile } from './tile.errors.js';
import { parentsOf, type TreeNodes } from './tree-nodes.js';

const FOLDER_TILES = 1000;

/**
 * The Merkle tree of a stream as tiles in its folder, by c2sp.org/tlog-tiles: full tiles of all levels, and the
 * last one of level 0 also when it is partial. Tiles above level 0 only save work; without them their hashes
 * are computed from those below.
 *
 * One process writes, any number may read at the same time.
 *
 * @example
 * const tiles = new TileStore(streamFolder);
 * await inclusionProof(7, await tiles.size(), tiles);
 */
export class TileStore implements TreeNodes {
  readonly #folder: string;

  /** @param folder the folder of the stream, in which the tiles are under `tile/` */
  constructor(folder: string) {
    this.#folder = resolve(folder);
  }

  /**
   * The root of a perfect subtree. Reads one tile, or 256 times as many for each level of tiles that is missing
   * on the way.
   *
   * @throws RangeError when the numbers are no place in a tree
   * @throws AuditError `AUDIT_LOG_DAMAGED` when the tiles do not hold the leaves of the subtree, or a file is
   * not as long as its name says
   */
  async node(level: number, index: number): Promise<Buffer> {
    checkWhole(level, 'the level', 0, 53);
    checkWhole(index, 'the index', 0, Math.floor(Number.MAX_SAFE_INTEGER / 2 ** level));
    const count = 2 ** (level % TILE_HEIGHT);
    const hashes = await this.#hashes(Math.floor(level / TILE_HEIGHT), index * count, count);
    return rootOf(hashes);
  }

  /** Hashes of one tile. */
  async #hashes(level: number, first: number, count: number): Promise<Buffer[]> {
    const place = this.#place(level, Math.floor(first / TILE_WIDTH));
    const tile = await readTile(place);
    const from = (first % TILE_WIDTH) * HASH_BYTES;
    const to = from + count * HASH_BYTES;
    if (tile && tile.length >= to) return hashesOf(tile.subarray(from, to));
    if (level === 0) throw missingTile(pathOf(place, TILE_WIDTH));
    const hashes: Buffer[] = [];
    for (let at = first; at < first + count; at++)
      hashes.push(await this.#rootOfTile(level - 1, at));
    return hashes;
  }

  async #rootOfTile(level: number, index: number): Promise<Buffer> {
    return rootOf(await this.#hashes(level, index * TILE_WIDTH, TILE_WIDTH));
  }

  /**
   * The leaf hashes from one to, but not including, another. They are all in memory then, 32 bytes each.
   *
   * @throws RangeError when these are no places in a log
   * @throws AuditError `AUDIT_LOG_DAMAGED` when the tiles do not hold them all
   */
  async leaves(from: number, to: number): Promise<Buffer[]> {
    checkWhole(to, 'the end', 0, Number.MAX_SAFE_INTEGER);
    checkWhole(from, 'the beginning', 0, to);
    const leaves: Buffer[] = [];
    for (let at = from; at < to;) {
      const end = Math.min(to, nextBorder(at));
      leaves.push(...(await this.#hashes(0, at, end - at)));
      at = end;
    }
    return leaves;
  }

  /** How many leaves the tiles hold from the first on without a gap. Looks at the names of the files only. */
  async size(): Promise<number> {
    let tiles = 0;
    for (let count = FOLDER_TILES; count === FOLDER_TILES; tiles += count) {
      count = await this.#fullTilesFrom(tiles);
    }
    return tiles * TILE_WIDTH + (await widestPartial(this.#place(0, tiles)));
  }

  /** How many full tiles follow each other in one folder. */
  async #fullTilesFrom(first: number): Promise<number> {
    const folder = dirname(pathOf(this.#place(0, first), TILE_WIDTH));
    const names = new Set(await readdir(folder).catch(undefinedWhenMissing));
    let count = 0;
    while (count < FOLDER_TILES && names.has(String(count).padStart(3, '0'))) count++;
    return count;
  }

  /**
   * Writes leaf hashes and the tiles above that are full then, and waits until the disk has them. What is there
   * already is kept; the same leaves may be written again, as after a crash.
   *
   * @param firstLeaf the place of the first leaf; at most {@link TileStore.size}
   * @param leaves the leaf hashes, 32 bytes each
   * @throws RangeError when there would be a gap, or a hash is not of 32 bytes
   * @throws AuditError `AUDIT_LOG_DAMAGED` when other hashes are there
   */
  async writeLeaves(firstLeaf: number, leaves: readonly Buffer[]): Promise<void> {
    await writeTiles({ folder: this.#folder, nodes: this, firstLeaf, leaves });
  }

  /**
   * Waits until the disk has the names of the leaf tiles that were written last: a process that was killed may
   * have left them without.
   */
  async flushNames(): Promise<void> {
    const size = await this.size();
    if (size === 0) return;
    const last = Math.floor((size - 1) / TILE_WIDTH);
    const paths = [pathOf(this.#place(0, last), size % TILE_WIDTH || TILE_WIDTH)];
    // What is written at once may have begun in the folder before.
    if (last > 0) paths.push(pathOf(this.#place(0, Math.max(0, last - FOLDER_TILES)), TILE_WIDTH));
    await syncFoldersOf(paths, this.#folder);
  }

  #place(level: number, index: number): TilePlace {
    return { folder: this.#folder, level, index };
  }
}

function rootOf(hashes: readonly Buffer[]): Buffer {
  let nodes = hashes;
  while (nodes.length > 1) nodes = parentsOf(nodes);
  return nodes[0] ?? Buffer.alloc(0);
}

function hashesOf(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}
