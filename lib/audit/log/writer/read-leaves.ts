import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { damaged } from '../file-audit-log.errors.js';
import type { SegmentName } from './segment-names.js';

/** A line of the log with its place. */
export interface PlacedLine {
  readonly seq: number;
  readonly line: string;
}

/**
 * Reads the records from one place on, in order. Cost: linear in what is read, from the segment on that
 * holds the place.
 *
 * @param to the place behind the last record
 * @throws AuditError `AUDIT_LOG_DAMAGED` where one is missing
 */
export async function* readLines(
  folder: string,
  segments: readonly SegmentName[],
  from: number,
  to: number,
): AsyncGenerator<PlacedLine> {
  let next = from;
  const first = segments.findLastIndex(({ firstSeq }) => firstSeq <= from);
  for (const [index, { file, firstSeq }] of segments.entries()) {
    if (index < first || next >= to) continue;
    const end = Math.min(to, segments[index + 1]?.firstSeq ?? to);
    let seq = firstSeq;
    const input = createReadStream(join(folder, file), { encoding: 'utf8' });
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (seq >= end) break;
      if (seq === next) {
        yield { seq, line };
        next += 1;
      }
      seq += 1;
    }
    input.destroy();
  }
  if (next < to) throw damaged(folder, `the records from ${next} on are missing`);
}
