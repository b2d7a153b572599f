import { setImmediate } from 'node:timers/promises';
import { LineReader } from '../read/line-reader.js';
import { openRegular } from '../read/regular-file.js';
import { RecordScanner } from './record-scanner.js';
import type { RecordsResult, RecordsTask } from './records-task.js';

/**
 * Follows the chain through a stretch of a segment and hashes the tree over it.
 *
 * @returns `gone` when there is no such file any more
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function scanRecords(task: RecordsTask): Promise<RecordsResult | 'gone'> {
  const handle = await openRegular(task.path);
  if (typeof handle === 'string') return 'gone';
  try {
    const reader = new LineReader(handle, task);
    const scanner = new RecordScanner(task);
    if (!(await reader.begin())) return scanner.result();
    for (scanner.take(reader); !scanner.isDone && isUnfinished(reader); scanner.take(reader)) {
      // Should this be the main thread, it has other things to do as well.
      await setImmediate();
      if (!reader.fillSync()) break;
    }
    const isTooLong = !scanner.isDone && reader.isLineTooLong;
    if (isTooLong && !(await reader.isTorn())) scanner.refuse(reader);
    return scanner.result();
  } finally {
    await handle.close();
  }
}

function isUnfinished({ start, stop, isLineTooLong }: LineReader): boolean {
  return start < stop && !isLineTooLong;
}
