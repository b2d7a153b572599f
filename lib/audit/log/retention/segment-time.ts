import { closeSync, fstatSync } from 'node:fs';
import { join } from 'node:path';
import { openRegularSync } from '../read/regular-file-sync.js';
import { listSegments } from '../writer/segment-names.js';
import { linesBackwards } from '../writer/tail.js';

const HOUR_MS = 60 * 60 * 1000;

/**
 * When the last record of a segment was made, in ms since 1970.
 *
 * @returns `undefined` where no record has a time
 * @throws AuditError `AUDIT_LOG_UNREADABLE` when the system refuses the file
 */
export function lastTimeOf(path: string): number | undefined {
  const fd = openRegularSync(path);
  if (typeof fd === 'string') return undefined;
  try {
    // What somebody appended to a segment has none.
    for (const { line } of linesBackwards(fd, fstatSync(fd).size)) {
      const [, time = ''] = /"time":"([^"]{24})"/.exec(line?.toString('utf8', 0, 512) ?? '') ?? [];
      const parsed = Date.parse(time);
      if (!Number.isNaN(parsed)) return parsed;
    }
    return undefined;
  } finally {
    closeSync(fd);
  }
}

/**
 * The time that a stream supports, before this run has written to it: that of the last segment which ended an hour
 * or more before its newest record. Records of the last hour prove nothing, since a process that is started again
 * and again may have made them by a clock that was wrong all along.
 *
 * @returns in ms since 1970, that of the newest record where no segment is older; `undefined` without records
 */
export function supportedTime(folder: string): number | undefined {
  let newest: number | undefined;
  for (const { file } of listSegments(folder).toReversed()) {
    const time = readableTime(join(folder, file));
    if (time === undefined) continue;
    newest ??= time;
    if (newest - time >= HOUR_MS) return time;
  }
  return newest;
}

/** A start does not hang on a segment that cannot be read. */
function readableTime(path: string): number | undefined {
  try {
    return lastTimeOf(path);
  } catch {
    return undefined;
  }
}
