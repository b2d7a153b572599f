import { checkWhole } from '../../../common/check-whole.js';
import { HASH_BYTES } from './node-hash.js';
import {
  pathOf,
  readTile,
  removeNarrower,
  syncFoldersOf,
  writeTile,
  type TilePlace,
} from './tile-file.js';
import { nextBorder, TILE_HEIGHT, TILE_WIDTH } from './tile-path.js';
import { conflictingTile } from './tile.errors.js';
import type { TreeNodes } from './tree-nodes.js';

/** Leaf hashes to be written as tiles. */
export interface NewLeaves {
  /** The folder of the log. */
  readonly folder: string;
  /** The nodes of the tree above the tiles that are in the folder. */
  readonly nodes: TreeNodes;
  /** The place of the first of the leaves. */
  readonly firstLeaf: number;
  readonly leaves: readonly Buffer[];
}

/** A tile that is on the disk. */
interface KeptTile {
  readonly place: TilePlace;
  readonly width: number;
}

/** Writes leaf hashes and the full tiles above them, as `TileStore.writeLeaves` promises. */
export async function writeTiles(added: NewLeaves): Promise<void> {
  const { folder, firstLeaf, leaves } = added;
  const end = firstLeaf + leaves.length;
  checkWhole(firstLeaf, 'the first leaf', 0, Number.MAX_SAFE_INTEGER);
  checkWhole(end, 'the end', 0, Number.MAX_SAFE_INTEGER);
  if (leaves.some((leaf) => leaf.length !== HASH_BYTES)) {
    throw new RangeError('a leaf hash must have 32 bytes');
  }
  await checkNoGap(folder, firstLeaf);
  const leafTiles: KeptTile[] = [];
  for (let at = firstLeaf; at < end; at = nextBorder(at))
    leafTiles.push(await addToTile(added, at));
  const kept = [...leafTiles, ...(await fillTilesAbove(added, end))];
  const paths = kept.map(({ place, width }) => pathOf(place, width));
  await syncFoldersOf(paths, folder);
  for (const { place, width } of leafTiles) await removeNarrower(place, width);
}

async function checkNoGap(folder: string, firstLeaf: number): Promise<void> {
  if (firstLeaf === 0) return;
  const last = firstLeaf - 1;
  const tile = await readTile({ folder, level: 0, index: Math.floor(last / TILE_WIDTH) });
  if ((tile?.length ?? 0) <= (last % TILE_WIDTH) * HASH_BYTES) {
    throw new RangeError('the leaves before the first one are missing');
  }
}

/** Adds the leaves from one on to its tile, as many as belong there. */
async function addToTile({ folder, firstLeaf, leaves }: NewLeaves, at: number): Promise<KeptTile> {
  const place = { folder, level: 0, index: Math.floor(at / TILE_WIDTH) };
  const bytes = Buffer.concat(leaves.slice(at - firstLeaf, nextBorder(at) - firstLeaf));
  const known = (await readTile(place)) ?? Buffer.alloc(0);
  const before = known.subarray(0, (at % TILE_WIDTH) * HASH_BYTES);
  const shared = known.subarray(before.length, before.length + bytes.length);
  if (!shared.equals(bytes.subarray(0, shared.length))) {
    throw conflictingTile(pathOf(place, known.length / HASH_BYTES));
  }
  // Known already, whole and flushed; only its name may not have reached the disk.
  if (shared.length === bytes.length) return { place, width: known.length / HASH_BYTES };
  const tile = Buffer.concat([before, bytes]);
  await writeTile(place, tile);
  return { place, width: tile.length / HASH_BYTES };
}

/** Writes the tiles above level 0 that became full. */
async function fillTilesAbove(added: NewLeaves, end: number): Promise<KeptTile[]> {
  const kept: KeptTile[] = [];
  for (let level = 1; TILE_WIDTH ** (level + 1) <= end; level++) {
    const span = TILE_WIDTH ** (level + 1);
    const last = Math.floor(end / span);
    for (let index = Math.floor(added.firstLeaf / span); index < last; index++) {
      const place = { folder: added.folder, level, index };
      if (!(await readTile(place))) await writeTile(place, await tileAbove(added.nodes, place));
      kept.push({ place, width: TILE_WIDTH });
    }
  }
  return kept;
}

async function tileAbove(nodes: TreeNodes, { level, index }: TilePlace): Promise<Buffer> {
  const hashes: Buffer[] = [];
  for (let at = index * TILE_WIDTH; at < (index + 1) * TILE_WIDTH; at++) {
    hashes.push(await nodes.node(level * TILE_HEIGHT, at));
  }
  return Buffer.concat(hashes);
}
