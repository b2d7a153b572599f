import { leafHash } from '../leaf-hash.js';
import type { Segment } from '../read/log-folder.js';
import { CompactRange } from './compact-range.js';
import { hashTextOf } from './hash-text.js';
import { LeafTiles } from '../read/leaf-tiles.js';
import { linesFrom } from '../read/segment-lines.js';

/** The first record that is not the one which was signed. */
export interface LocatedChange {
  readonly seq: number;
  readonly segment?: Segment;
  readonly offset?: number;
}

/** What is known to be right. */
export interface Proven {
  readonly size: number;
  readonly nodes: Buffer;
}

/** What was signed for a size of the log: more than one root, where there is more than one log. */
export interface SignedRoots {
  readonly size: number;
  readonly roots: readonly Buffer[];
}

/**
 * Finds out which record was changed, where the tiles of the stream still hold the leaf hashes that a root was
 * signed over: that they do is proven by the root itself.
 *
 * @param signed roots of one size that were signed, to none of which the records lead
 * @returns nothing when the tiles do not help
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function locateChange(
  folder: string,
  segments: readonly Segment[],
  { size, nodes }: Proven,
  signed: SignedRoots,
): Promise<LocatedChange | undefined> {
  const tiles = new LeafTiles(folder);
  const range = new CompactRange(0);
  range.appendRange(size, nodes);
  for await (const leaf of tiles.leaves(size, signed.size)) range.append(hashTextOf(leaf));
  if (range.end !== signed.size) return undefined;
  const root = range.root();
  if (!signed.roots.some((each) => each.equals(root))) return undefined;
  // Of pruned records there are no lines, and nothing that could differ.
  let seq = Math.max(size, segments[0]?.first ?? 0);
  const lines = linesFrom(segments, seq);
  try {
    for await (const leaf of tiles.leaves(seq, signed.size)) {
      const { value: found } = await lines.next();
      if (!found) return { seq };
      const { line, segment, offset } = found;
      if (leafHash(line) !== leaf.toString('hex')) return { seq, segment, offset };
      seq += 1;
    }
    return undefined;
  } finally {
    // It holds a segment open until it is read to its end or given up.
    await lines.return(undefined);
  }
}
