import { closeSync, fstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { placeOf, type ChainEnd } from '../chain.js';
import { damaged, foreign } from '../file-audit-log.errors.js';
import { leafHash } from '../leaf-hash.js';
import { openRegularSync } from '../read/regular-file-sync.js';
import type { SegmentName } from './segment-names.js';
import { linesBackwards } from './tail.js';

/** Where a stream ends on the disk. */
export interface LogEnd {
  readonly end: ChainEnd;
  /** The segments up to the one that holds the end. */
  readonly segments: readonly SegmentName[];
  /** Those behind it: begun for records that did not get there. */
  readonly recordless: readonly SegmentName[];
  /** The segment that holds the end; `undefined` when there is none yet. */
  readonly file?: string;
  /** Up to where that segment is whole, in bytes. */
  readonly size: number;
  /** How long that segment is. What is behind `size` was never acknowledged. */
  readonly fileSize: number;
}

/** An end within a segment. */
interface EndThere {
  readonly end: ChainEnd;
  readonly size: number;
}

/**
 * Finds the last line that ends with LF and carries the hash of the line before it. Only what follows
 * that line may be set aside; damage further up is left for verification to find. Cost: reads what follows
 * the line, in little memory.
 *
 * @param genesis what the first record carries as `prev`
 * @throws AuditError `AUDIT_LOG_DAMAGED` when the last segment has lines, but none of this stream
 */
export function findLogEnd(
  folder: string,
  segments: readonly SegmentName[],
  genesis: string,
): LogEnd {
  const last = segments.at(-1);
  const beginning = { nextSeq: 0, prev: genesis };
  if (!last) return { end: beginning, segments, recordless: [], size: 0, fileSize: 0 };
  const path = join(folder, last.file);
  const before = (): ChainEnd | undefined =>
    last.firstSeq === 0 ? beginning : endBefore(folder, segments, last.firstSeq);
  const [found, fileSize] = withFile(path, (fd, size) => [endWithin(fd, size, before), size]);
  if (!found) throw foreign(path);
  const earlier = found.size === 0 ? earlierEnd(folder, segments, genesis) : undefined;
  return earlier ?? { ...found, segments, recordless: [], file: last.file, fileSize };
}

/**
 * A segment that was given up may have bytes behind its last record, of which the first record of the next
 * one was to tell. Where that did not get there, the stream still ends in the segment before.
 */
function earlierEnd(
  folder: string,
  segments: readonly SegmentName[],
  genesis: string,
): LogEnd | undefined {
  const [last, before] = [segments.at(-1), segments.at(-2)];
  if (!last || !before) return undefined;
  const earlier = findLogEnd(folder, segments.slice(0, -1), genesis);
  const isThere = earlier.end.nextSeq >= last.firstSeq && earlier.size < earlier.fileSize;
  return isThere ? { ...earlier, recordless: [...earlier.recordless, last] } : undefined;
}

function endWithin(
  fd: number,
  fileSize: number,
  before: () => ChainEnd | undefined,
): EndThere | undefined {
  let later: (ChainEnd & EndThere) | undefined;
  let isEmpty = true;
  for (const { line, offset } of linesBackwards(fd, fileSize)) {
    isEmpty = false;
    const place = line && placeOf(line);
    const prev = line && place ? leafHash(line) : '';
    if (later && place && continues(later, { nextSeq: place.seq + 1, prev })) return later;
    later = line &&
      place && {
        nextSeq: place.seq,
        prev: place.prev,
        end: { nextSeq: place.seq + 1, prev },
        size: offset + line.length + 1,
      };
  }
  const first = isEmpty || later ? before() : undefined;
  if (isEmpty) return first && { end: first, size: 0 };
  return first && later && continues(later, first) ? later : undefined;
}

/** Whether what a record says of the one before it holds. */
function continues(said: ChainEnd, end: ChainEnd): boolean {
  return said.nextSeq === end.nextSeq && said.prev === end.prev;
}

/** The end of the segments before one: the line with the place in front of its first. */
function endBefore(
  folder: string,
  segments: readonly SegmentName[],
  firstSeq: number,
): ChainEnd | undefined {
  const earlier = segments.findLast((segment) => segment.firstSeq < firstSeq);
  if (!earlier) return undefined;
  return withFile(join(folder, earlier.file), (fd, size) => {
    for (const { line } of linesBackwards(fd, size)) {
      if (line && placeOf(line)?.seq === firstSeq - 1)
        return { nextSeq: firstSeq, prev: leafHash(line) };
    }
    return undefined;
  });
}

function withFile<T>(path: string, use: (fd: number, size: number) => T): T {
  const fd = openRegularSync(path);
  if (typeof fd === 'string') throw damaged(dirname(path), `${basename(path)} is ${fd}`);
  try {
    return use(fd, fstatSync(fd).size);
  } finally {
    closeSync(fd);
  }
}
