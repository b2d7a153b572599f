import { CompactRange } from './compact-range.js';
import { LeafTiles } from '../read/leaf-tiles.js';
import { hashTextOf } from './hash-text.js';
import { SizeCursor } from './size-cursor.js';

/** Leaves that only the tiles hold, since the segments with their records were pruned. */
export interface TilesTask {
  readonly kind: 'tiles';
  /** The stream's folder. */
  readonly folder: string;
  readonly from: number;
  readonly to: number;
  /** The sizes at which roots are asked for, ascending, as 64-bit floats. */
  readonly sizes: SharedArrayBuffer;
}

/** The tree over leaves that come from tiles. */
export interface TilesResult {
  readonly kind: 'tiles';
  /** The place behind the last leaf that is there. */
  readonly next: number;
  /** The last leaf, 64 hexadecimal digits. */
  readonly lastLeaf: string;
  /** Where each compact range ends, and the nodes of all of them. */
  readonly cuts: readonly number[];
  readonly nodes: Uint8Array;
}

/**
 * Hashes the tree over leaves in tiles, up to the first that is missing.
 *
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function scanTiles({ folder, from, to, sizes }: TilesTask): Promise<TilesResult> {
  const tiles = new LeafTiles(folder);
  const cursor = new SizeCursor(sizes);
  const range = new CompactRange(from);
  const cuts: number[] = [];
  const nodes: Buffer[] = [];
  const cut = (): void => {
    cuts.push(range.end);
    nodes.push(range.nodes());
    range.restart();
  };
  let lastLeaf = '';
  for await (const leaf of tiles.leaves(from, to)) {
    range.append(hashTextOf(leaf));
    lastLeaf = leaf.toString('hex');
    if (range.end === cursor.above(range.from)) cut();
  }
  if (range.end > range.from) cut();
  return { kind: 'tiles', next: range.end, lastLeaf, cuts, nodes: Buffer.concat(nodes) };
}
