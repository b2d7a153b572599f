import type { FileHandle } from 'node:fs/promises';
import { AuditError } from '../../errors/audit.error.js';
import { openRegular } from '../log/read/regular-file.js';
import type { ShippedRecord } from './audit-sink.js';
import { recordOf } from './record-line.js';
import { listSegments, type Segment } from './segments.js';

const MAX_RECORDS = 500;
/** Half of what a batch may have: most records are small, and what is read beyond a batch is read again. */
const MAX_BYTES = 512 * 1024;
const LF = 0x0a;

/** The stream that is read. */
export interface SegmentSource {
  readonly folder: string;
  readonly stream: string;
}

/** Where reading goes on. */
export interface Place {
  /** The record to be read next. */
  readonly next: number;
  /** The leaf hash of the record before it, when that was read. */
  readonly prev?: string;
  /** Where the line begins, when that is known: the segment's first record, and the offset in bytes. */
  readonly at?: { readonly segment: number; readonly offset: number };
}

/** Some records in a row. */
export interface Batch {
  readonly records: readonly ShippedRecord[];
  readonly end: Place;
}

/**
 * Reads the next records of a stream, at most 500 and 512 KiB of them, never beyond one segment.
 *
 * @param below the first record that must not be read, since the disk may not have it yet
 * @returns none when `place` is not below it; from the first record that is left when older ones were pruned
 * @throws AuditFork for a line that does not continue the chain, AuditError `AUDIT_LOG_DAMAGED` when one is missing
 */
export async function readBatch(
  source: SegmentSource,
  place: Place,
  below: number,
  maxRecords: number = MAX_RECORDS,
): Promise<Batch> {
  // What is below the mark was durable before the segments are listed, so its segment is among them.
  const segments = await listSegments(source.folder);
  const start = startIn(segments, place);
  if (!start || start.next >= below) return { records: [], end: start ?? place };
  const index = segments.findLastIndex(({ first }) => first <= start.next);
  const segment = segments[index];
  if (!segment) throw missing(start.next);
  // Lines behind the first record of the next segment were abandoned.
  const limit = Math.min(below, segments[index + 1]?.first ?? below, start.next + maxRecords);
  return readSegment(source, segment, start, limit);
}

/** Reading begins with the first record that is left. */
function startIn(segments: readonly Segment[], place: Place): Place | undefined {
  const first = segments[0]?.first;
  if (first === undefined) return undefined;
  return first > place.next ? { next: first } : place;
}

async function readSegment(
  { stream }: SegmentSource,
  segment: Segment,
  place: Place,
  limit: number,
): Promise<Batch> {
  const handle = await openRegular(segment.path);
  if (typeof handle === 'string') throw missing(place.next);
  try {
    const begin =
      place.at?.segment === segment.first
        ? place.at.offset
        : await offsetOfLine(handle, place.next - segment.first, place.next);
    const bytes = await readUpTo(handle, begin, MAX_BYTES);
    const records: ShippedRecord[] = [];
    let { next: seq, prev } = place;
    let from = 0;
    for (let to = bytes.indexOf(LF); to !== -1 && seq < limit; to = bytes.indexOf(LF, from)) {
      const record = recordOf(bytes.subarray(from, to), { stream, seq, prev });
      records.push(record);
      prev = record.leafHash;
      seq += 1;
      from = to + 1;
    }
    if (prev === undefined || records.length === 0) throw missing(place.next);
    return {
      records,
      end: { next: seq, prev, at: { segment: segment.first, offset: begin + from } },
    };
  } finally {
    await handle.close();
  }
}

/** The offset behind so many lines. */
async function offsetOfLine(handle: FileHandle, lines: number, seq: number): Promise<number> {
  let [seen, offset] = [0, 0];
  while (seen < lines) {
    const bytes = await readUpTo(handle, offset, MAX_BYTES);
    if (bytes.length === 0) throw missing(seq);
    let from = 0;
    for (let to = bytes.indexOf(LF); to !== -1 && seen < lines; to = bytes.indexOf(LF, from)) {
      seen += 1;
      from = to + 1;
    }
    offset += seen < lines ? bytes.length : from;
  }
  return offset;
}

async function readUpTo(handle: FileHandle, position: number, max: number): Promise<Buffer> {
  const { size } = await handle.stat();
  const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(max, size - position)));
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(
      buffer,
      filled,
      buffer.length - filled,
      position + filled,
    );
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function missing(seq: number): AuditError {
  return new AuditError(
    'AUDIT_LOG_DAMAGED',
    `record ${seq} was flushed and is not in the segments any more: restore them from a backup, and find out who removed it`,
  );
}
