import { statSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../../keyring/durable-file.js';
import type { LogTiles } from '../log-tiles.js';
import type { OwnRecord } from '../writer/own-record.js';
import { listSegments, type SegmentName } from '../writer/segment-names.js';
import { prunableSegments, type ClosedSegment } from './prunable-segments.js';
import type { RetentionOptions } from './retention.options.js';
import { lastTimeOf } from './segment-time.js';

/** What retention works with. */
export interface RetentionParts {
  readonly folder: string;
  readonly tiles: LogTiles;
  readonly options: RetentionOptions;
  /** Records from this place on are still needed, by a checkpoint, a sink or an anchor. */
  readonly floor: () => number;
  /** Records what is about to go, and resolves when the disk has that. */
  readonly record: (record: OwnRecord) => Promise<unknown>;
  /** The time to go by, in ms since 1970. @default Date.now */
  readonly now?: () => number;
}

/**
 * Removes segments that need not be kept. Their leaf hashes stay, as tiles, so that what was signed over
 * them can still be verified; then the removal is recorded; then the files go. A crash in between leaves
 * files that the next run removes.
 *
 * @returns how many segments were removed
 */
export async function pruneSegments(parts: RetentionParts): Promise<number> {
  const { folder, tiles, options, floor, record, now = Date.now } = parts;
  const segments = listSegments(folder);
  const newest = segments.at(-1);
  if (!newest) return 0;
  const closed = segments.slice(0, -1).map((_, index) => factsOf(folder, segments, index));
  const limits = {
    floor: floor(),
    now: now(),
    openBytes: statSync(join(folder, newest.file)).size,
  };
  const chosen = prunableSegments(closed, options, limits);
  const last = chosen.at(-1);
  if (!last) return 0;
  await tiles.upTo(last.nextSeq);
  await record({
    event: 'audit_segments_pruned',
    level: 'info',
    details: {
      through: last.nextSeq - 1,
      segments: chosen.length,
      bytes: chosen.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  });
  for (const { file } of chosen) {
    await unlink(join(folder, file));
    // One after the other also for the disk: a power failure must not leave a hole between two.
    await syncFolder(folder);
  }
  return chosen.length;
}

function factsOf(folder: string, segments: readonly SegmentName[], index: number): ClosedSegment {
  const { file } = segments[index] ?? { file: '' };
  const path = join(folder, file);
  const bytes = statSync(path).size;
  const nextSeq = segments[index + 1]?.firstSeq ?? 0;
  return { file, nextSeq, bytes, lastTime: lastTimeOf(path) };
}
