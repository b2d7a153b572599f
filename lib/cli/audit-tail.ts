import { setTimeout as wait } from 'node:timers/promises';
import { LogFollower } from '../audit/log/read/log-follower.js';
import { queryLog } from '../audit/log/read/query-log.js';
import type { AuditRecord } from '../audit/record/audit-record.js';
import { assertStream } from './assert-stream.js';
import { directoryOf, type DirectoryFlags } from './audit-directory.js';
import { AUDIT_EXIT_CODE } from './audit-exit-code.js';
import { recordLine } from './audit-record-lines.js';
import { print, type Terminal } from './terminal.js';

/** What the command line says of the end of a log. */
export interface TailFlags extends DirectoryFlags {
  readonly lines: number;
  readonly follow?: boolean;
  readonly json?: boolean;
}

const INTERVAL_MS = 250;

/**
 * Prints the end of a log, and what is added to it.
 *
 * @returns the exit code
 */
export async function auditTail(flags: TailFlags, terminal: Terminal): Promise<number> {
  const directory = directoryOf(flags, terminal);
  // Who follows may be there before the application has begun.
  if (!flags.follow) await assertStream(directory);
  const show = (record: AuditRecord): void =>
    print(terminal, recordLine(record, flags.json ? 'json' : 'text'));
  const stop = new AbortController();
  const forget = terminal.onStop(() => stop.abort());
  try {
    // First, so that nothing falls between the two: what both give is passed over.
    const follower = await LogFollower.at(directory);
    const last = await queryLog(directory, { limit: flags.lines }, () => []);
    for (const record of last) show(record);
    follower.passOver(last);
    while (flags.follow && !stop.signal.aborted) {
      for await (const record of follower.added()) show(record);
      await wait(INTERVAL_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    return AUDIT_EXIT_CODE.clean;
  } finally {
    forget();
  }
}
