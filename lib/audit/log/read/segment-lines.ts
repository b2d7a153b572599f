import { LineReader, MAX_LINE_BYTES } from './line-reader.js';
import type { Segment } from './log-folder.js';
import { openRegular } from './regular-file.js';

/** A line of a segment, without its LF. Its bytes are overwritten by what is read later. */
export interface PlacedLine {
  readonly line: Buffer;
  readonly segment: Segment;
  /** Where in the file it begins. */
  readonly offset: number;
}

/**
 * The lines that stand at the places of records from one on, whatever they hold. Ends where a segment has fewer
 * lines than the name of the next one says, or a line is too long for a record.
 *
 * @param segments all of them, in their order
 * @param seq the first place, not before the first segment
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function* linesFrom(
  segments: readonly Segment[],
  seq: number,
): AsyncGenerator<PlacedLine, undefined> {
  let next = seq;
  for (const [index, segment] of segments.entries()) {
    const limit = segments[index + 1]?.first ?? Infinity;
    if (limit <= next) continue;
    let place = segment.first;
    for await (const placed of linesOf(segment)) {
      if (place >= next) {
        yield placed;
        next = place + 1;
      }
      place += 1;
      if (place >= limit) break;
    }
    if (next < limit) return undefined;
  }
  return undefined;
}

/**
 * The lines of a segment in their order. Ends where one is too long for a record, or has no LF.
 *
 * @param from where the first of them begins, in bytes
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function* linesOf(segment: Segment, from = 0): AsyncGenerator<PlacedLine> {
  const { path, size } = segment;
  const handle = await openRegular(path);
  if (typeof handle === 'string') return;
  try {
    const reader = new LineReader(handle, { path, from, to: size, end: size });
    if (!(await reader.begin())) return;
    do {
      for (let end = reader.lineEnd(); end !== -1; end = reader.lineEnd()) {
        if (end - reader.start > MAX_LINE_BYTES) return;
        const line = reader.bytes.subarray(reader.start, end);
        yield { line, segment, offset: reader.offsetOf(reader.start) };
        reader.start = end + 1;
      }
    } while (!reader.isLineTooLong && (await reader.fill()));
  } finally {
    await handle.close();
  }
}
