import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf, type ChainEnd } from '../chain.js';
import { foreign } from '../file-audit-log.errors.js';
import { leafHash } from '../leaf-hash.js';
import type { SegmentName } from './segment-names.js';
import { readTail, type Tail } from './tail.js';

/** Where a stream ends on the disk. */
export interface LogEnd {
  readonly end: ChainEnd;
  /** The segment that holds the end; `undefined` when there is none yet. */
  readonly file?: string;
  /** Up to where that segment is whole, in bytes. */
  readonly size: number;
  /** How long that segment is. What is behind `size` was never acknowledged. */
  readonly fileSize: number;
}

/**
 * Finds the last line that ends with LF and carries the hash of the line before it. Only what follows
 * that line may be set aside; damage further up is left for verification to find.
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
  if (!last) return { end: beginning, size: 0, fileSize: 0 };
  const path = join(folder, last.file);
  return withFile(path, (fd, fileSize) => {
    const before = (): ChainEnd | undefined =>
      last.firstSeq === 0 ? beginning : endBefore(folder, segments, last.firstSeq);
    const found = readTail(fd, fileSize, (tail, isWhole) => {
      if (isWhole && tail.lines.length === 0) return atStart(before());
      return lastChained(tail, isWhole ? before() : undefined);
    });
    if (!found) throw foreign(path);
    return { ...found, file: last.file, fileSize };
  });
}

function atStart(end: ChainEnd | undefined): { end: ChainEnd; size: number } | undefined {
  return end && { end, size: 0 };
}

/** The end of the segments before one: the line with the place in front of its first. */
function endBefore(
  folder: string,
  segments: readonly SegmentName[],
  firstSeq: number,
): ChainEnd | undefined {
  const earlier = segments.findLast((segment) => segment.firstSeq < firstSeq);
  if (!earlier) return undefined;
  return withFile(join(folder, earlier.file), (fd, size) =>
    readTail(fd, size, ({ lines }) => {
      const line = lines.findLast((each) => placeOf(each)?.seq === firstSeq - 1);
      return line && { nextSeq: firstSeq, prev: leafHash(line) };
    }),
  );
}

function lastChained(
  { lines, offset }: Tail,
  beforeFirst: ChainEnd | undefined,
): { end: ChainEnd; size: number } | undefined {
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index];
    const before = index === 0 ? beforeFirst : endAfter(lines[index - 1]);
    if (!line || !before) continue;
    const place = placeOf(line);
    if (place?.seq === before.nextSeq && place.prev === before.prev) {
      const size = lines.slice(0, index + 1).reduce((sum, each) => sum + each.length + 1, offset);
      return { end: { nextSeq: place.seq + 1, prev: leafHash(line) }, size };
    }
  }
  return undefined;
}

function endAfter(line: Buffer | undefined): ChainEnd | undefined {
  const place = line && placeOf(line);
  return place && { nextSeq: place.seq + 1, prev: leafHash(line) };
}

function withFile<T>(path: string, use: (fd: number, size: number) => T): T {
  const fd = openSync(path, 'r');
  try {
    return use(fd, fstatSync(fd).size);
  } finally {
    closeSync(fd);
  }
}
