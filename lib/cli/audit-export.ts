import { resolve } from 'node:path';
import { exportLog } from '../audit/log/read/export-log.js';
import type { ExportedStream } from '../audit/log/read/export-stream.js';
import { counted } from '../common/counted.js';
import { assertStream } from './assert-stream.js';
import { directoryOf, type DirectoryFlags } from './audit-directory.js';
import { AUDIT_EXIT_CODE } from './audit-exit-code.js';
import { filterOf, type FilterFlags } from './audit-filter-options.js';
import { pseudonymsFor } from './audit-pseudonyms.js';
import { print, say, type Terminal } from './terminal.js';

/** What the command line says of an export. */
export interface ExportFlags extends FilterFlags, DirectoryFlags {
  readonly out: string;
  readonly anchor?: readonly string[];
}

/**
 * Exports records, and says how many.
 *
 * @returns the exit code
 */
export async function auditExport(flags: ExportFlags, terminal: Terminal): Promise<number> {
  const pseudonymsOf = await pseudonymsFor(flags, terminal);
  const directory = directoryOf(flags, terminal);
  await assertStream(directory, flags.stream);
  const out = resolve(terminal.cwd(), flags.out);
  const anchors = (flags.anchor ?? []).map((folder) => resolve(terminal.cwd(), folder));
  const stop = new AbortController();
  const forget = terminal.onStop(() => stop.abort());
  try {
    const options = { anchors, signal: stop.signal };
    const { streams } = await exportLog(directory, filterOf(flags), pseudonymsOf, out, options);
    if (streams.length === 0) print(terminal, 'No record meets all options.');
    for (const stream of streams) print(terminal, streamLine(stream));
    return AUDIT_EXIT_CODE.clean;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    say(terminal, 'Stopped: nothing was exported.');
    return AUDIT_EXIT_CODE.stopped;
  } finally {
    forget();
  }
}

function streamLine({ stream, records, unsigned }: ExportedStream): string {
  const rest = unsigned === 0 ? '' : `, ${unsigned} more that no checkpoint covers yet`;
  return `${stream}: ${counted(records, 'record')}${rest}`;
}
