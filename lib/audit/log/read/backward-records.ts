import { backwardLines } from './backward-lines.js';
import { damagedRecord } from './damage.errors.js';
import { segmentsOf, type Segment } from './log-folder.js';
import { recordPlace } from './record-place.js';

/**
 * The lines of a stream's records from the last to the first, in batches. What a crash left behind the records
 * of a segment is passed over; nothing is verified but that no record is missing in between.
 *
 * @param folder the stream's folder
 * @throws AuditError `AUDIT_LOG_DAMAGED` where a line is not the record that has to stand there,
 * `AUDIT_LOG_UNREADABLE`
 */
export async function* backwardRecords(folder: string): AsyncGenerator<Buffer[]> {
  let limit = Infinity;
  for (const segment of (await segmentsOf(folder)).toReversed()) {
    /** The place of the record that was given last; nothing before the first of the segment. */
    let last: number | undefined;
    for await (const lines of backwardLines(segment)) {
      const records: Buffer[] = [];
      for (const line of lines) {
        const seq = recordPlace(line)?.seq;
        const isExpected = last === undefined ? isEnd(seq, limit) : seq === last - 1;
        if (isExpected) {
          records.push(line);
          last = seq;
        } else if (last !== undefined) throw damagedRecord(last - 1, segment.path);
      }
      yield records;
    }
    // It may have been pruned since it was listed, …
    if (last === undefined && !(await isListed(folder, segment))) return;
    // … and the newest one begun just now.
    const start = last ?? (limit === Infinity ? segment.first : limit);
    if (start !== segment.first) throw damagedRecord(start - 1, segment.path);
    limit = segment.first;
  }
}

async function isListed(folder: string, { name }: Segment): Promise<boolean> {
  return (await segmentsOf(folder)).some((segment) => segment.name === name);
}

/** Whether a record is the last one of a segment, of the newest one whichever it is. */
function isEnd(seq: number | undefined, limit: number): boolean {
  return seq !== undefined && (limit === Infinity || seq === limit - 1);
}
