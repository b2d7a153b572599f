import { damaged } from '../file-audit-log.errors.js';
import { leafHash } from '../leaf-hash.js';
import { Frontier } from '../merkle/frontier.js';
import { TileStore } from '../merkle/tile-store.js';
import type { FrontierCache } from './frontier-cache.js';
import { readLines } from './read-leaves.js';
import type { SegmentName } from './segment-names.js';
import type { SignedState } from './stored-checkpoint.js';

const TILES_AT_ONCE = 64 * 256;

/** What a tree is made from again. */
export interface LeafSource {
  readonly folder: string;
  readonly segments: readonly SegmentName[];
}

/**
 * The tree over the first `size` records: from the cache where that leads to the signed root, else from the
 * whole log; then over what came after the last checkpoint.
 *
 * @throws AuditError `AUDIT_LOG_DAMAGED` when the log does not lead to the signed root, or records are missing
 */
export async function restoreFrontier(
  source: LeafSource,
  cache: FrontierCache,
  signed: Pick<SignedState, 'size' | 'root'>,
  size: number,
): Promise<Frontier> {
  const frontier = (await continued(source, cache, signed)) ?? (await rebuilt(source, signed));
  for await (const { line } of readLines(source.folder, source.segments, signed.size, size)) {
    frontier.append(leafOf(line));
  }
  return frontier;
}

/** From the newest cached one on: a crash may come before the cache is as new as what was signed. */
async function continued(
  { folder, segments }: LeafSource,
  cache: FrontierCache,
  { size, root }: Pick<SignedState, 'size' | 'root'>,
): Promise<Frontier | undefined> {
  const frontier = cache.upTo(size);
  if (!frontier || frontier.size < (segments[0]?.firstSeq ?? 0)) return undefined;
  for await (const { line } of readLines(folder, segments, frontier.size, size)) {
    frontier.append(leafOf(line));
  }
  return frontier.root().equals(root) ? frontier : undefined;
}

async function rebuilt(
  source: LeafSource,
  { size, root }: Pick<SignedState, 'size' | 'root'>,
): Promise<Frontier> {
  const { folder, segments } = source;
  const frontier = new Frontier();
  const pruned = Math.min(segments[0]?.firstSeq ?? 0, size);
  const tiles = new TileStore(folder);
  for (let from = 0; from < pruned; from += TILES_AT_ONCE) {
    const leaves = await tiles.leaves(from, Math.min(from + TILES_AT_ONCE, pruned));
    for (const leaf of leaves) frontier.append(leaf);
  }
  for await (const { line } of readLines(folder, segments, pruned, size)) {
    frontier.append(leafOf(line));
  }
  if (frontier.root().equals(root)) return frontier;
  throw damaged(folder, 'the records do not lead to the checkpoint');
}

function leafOf(line: string): Buffer {
  return Buffer.from(leafHash(Buffer.from(line, 'utf8')), 'hex');
}
