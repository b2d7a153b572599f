import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { damaged } from '../file-audit-log.errors.js';
import { openRegular } from '../read/regular-file.js';
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
    for await (const line of linesOf(folder, file)) {
      if (seq >= end) break;
      if (seq === next) {
        yield { seq, line };
        next += 1;
      }
      seq += 1;
    }
  }
  if (next < to) throw damaged(folder, `the records from ${next} on are missing`);
}

async function* linesOf(folder: string, file: string): AsyncGenerator<string> {
  const handle = await openRegular(join(folder, file));
  if (typeof handle === 'string') throw damaged(folder, `${file} is ${handle}`);
  const input = handle.createReadStream({ encoding: 'utf8' });
  try {
    yield* createInterface({ input, crlfDelay: Infinity });
  } finally {
    input.destroy();
  }
}
