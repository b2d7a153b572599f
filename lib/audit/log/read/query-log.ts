import { join } from 'node:path';
import { parseRecord, type AuditRecord } from '../../record/audit-record.js';
import { backwardRecords } from './backward-records.js';
import { lineSieve } from './line-sieve.js';
import { isFolder, streamNames } from './log-folder.js';
import { mergeByTime } from './merge-by-time.js';
import { limitOf, recordTest, type PseudonymsOf, type RecordFilter } from './record-filter.js';
import { recordTime } from './record-place.js';

/** Clocks are set back now and then: records so much older than asked for are still looked at. */
const CLOCK_SLACK_MS = 60 * 60 * 1000;

/**
 * Finds the newest records that meet a filter. Reads the streams from their ends, as far as it has to;
 * O(records) where few of them meet it. Nothing is verified.
 *
 * @param directory the audit directory
 * @param pseudonymsOf gives the pseudonyms under which an identifier may stand
 * @returns the records, oldest first; those of one stream in their order, streams merged by time
 * @throws RangeError for a limit that is none
 * @throws AuditError `AUDIT_LOG_DAMAGED` where a line is no record any more, `AUDIT_LOG_UNREADABLE`
 * @example
 * const failed = await queryLog('./data/audit', { event: 'authn_login_fail', limit: 20 }, () => []);
 */
export async function queryLog(
  directory: string,
  filter: RecordFilter,
  pseudonymsOf: PseudonymsOf,
): Promise<AuditRecord[]> {
  const limit = limitOf(filter);
  let found: AuditRecord[] = [];
  for (const stream of await streamNames(directory)) {
    const folder = join(directory, stream);
    if (filter.stream !== undefined && filter.stream !== stream) continue;
    if (!(await isFolder(folder))) continue;
    const more = await newest(folder, filter, pseudonymsOf, limit);
    found = mergeByTime(found, more).slice(-limit);
  }
  return found;
}

/** The newest records of a stream, oldest first. */
async function newest(
  folder: string,
  filter: RecordFilter,
  pseudonymsOf: PseudonymsOf,
  limit: number,
): Promise<AuditRecord[]> {
  const mayMeet = lineSieve(filter, pseudonymsOf);
  const meets = recordTest(filter, pseudonymsOf);
  const found: AuditRecord[] = [];
  for await (const lines of backwardRecords(folder)) {
    for (const line of lines) {
      if (!mayMeet(line)) continue;
      const record = parseRecord(line.toString('utf8'));
      if (meets(record)) found.push(record);
      if (found.length === limit) return found.toReversed();
    }
    if (isBefore(lines.at(-1), filter.since)) break;
  }
  return found.toReversed();
}

function isBefore(line: Buffer | undefined, since: Date | undefined): boolean {
  const time = since && line && recordTime(line);
  return time !== undefined && Date.parse(time) < (since?.getTime() ?? 0) - CLOCK_SLACK_MS;
}
