import { isUtf8 } from 'node:buffer';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { counted } from '../common/counted.js';
import { EXPORT_FILE } from '../audit/log/read/export-log.js';
import { MAX_TRUST_BYTES, parseTrust, type Trust } from '../audit/log/verify/trust.js';
import { verifyExport } from '../audit/log/verify/verify-export.js';
import { verifyLog } from '../audit/log/verify/verify-log.js';
import type { VerifyOptions, VerifyProgress } from '../audit/log/verify/verify-options.js';
import type { VerifyReport } from '../audit/log/verify/verify-report.js';
import { systemErrorCode } from '../common/system-error-code.js';
import { AUDIT_EXIT_CODE } from './audit-exit-code.js';
import { auditReportLines, unknownReport } from './audit-report-lines.js';
import { chooseProgressView } from './choose-progress-view.js';
import type { ProgressState } from './progress-view.js';
import { readAtMost } from './read-at-most.js';
import { print, say, type Terminal } from './terminal.js';
import { UsageError } from './usage.error.js';

/** What the command line says of a verification. */
export interface VerifyFlags {
  readonly trust?: string;
  readonly anchor?: readonly string[];
  readonly asOf?: Date;
  readonly maxAge: number;
  readonly jobs?: number;
  readonly export?: boolean;
  readonly json?: boolean;
}

const MIB = 1024 * 1024;
const STOPPED = 'Stopped: nothing is known about the log.';
/** Below, it is done before anybody could look. */
const SHOWN_BYTES = 64 * MIB;

/**
 * Verifies a log or an export, shows how far it is, and says what was found.
 *
 * @returns the exit code
 * @throws UsageError for a trust file that cannot be read
 */
export async function auditVerify(
  directory: string,
  flags: VerifyFlags,
  terminal: Terminal,
): Promise<number> {
  const folder = resolve(terminal.cwd(), directory);
  const isExport = flags.export === true || existsSync(join(folder, EXPORT_FILE));
  const stop = new AbortController();
  const view = flags.json ? undefined : chooseProgressView(terminal);
  const forget = terminal.onStop(() => stop.abort());
  try {
    const options = {
      ...(await verifyOptions(flags, terminal)),
      signal: stop.signal,
      onProgress: (progress: VerifyProgress) => {
        if (progress.totalBytes >= SHOWN_BYTES) view?.update(stateOf(progress));
      },
    };
    const found = await (isExport ? verifyExport : verifyLog)(folder, options);
    const report = isExport && flags.export !== true ? notClean(found) : found;
    view?.stop();
    show(report, flags, isExport, terminal);
    return AUDIT_EXIT_CODE[report.status];
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    view?.stop();
    say(terminal, STOPPED);
    if (flags.json) print(terminal, unknownReport(STOPPED));
    return AUDIT_EXIT_CODE.stopped;
  } finally {
    forget();
    view?.stop();
  }
}

async function verifyOptions(
  { trust, anchor = [], asOf, maxAge, jobs }: VerifyFlags,
  terminal: Terminal,
): Promise<VerifyOptions> {
  return {
    ...(trust !== undefined && { trust: await readTrust(resolve(terminal.cwd(), trust)) }),
    anchors: anchor.map((folder) => resolve(terminal.cwd(), folder)),
    ...(asOf && { asOf }),
    maxAgeSeconds: maxAge,
    ...(jobs !== undefined && { parallel: jobs }),
  };
}

async function readTrust(path: string): Promise<Trust> {
  const bytes = await readAtMost(path, MAX_TRUST_BYTES).catch((error: unknown) => {
    throw new UsageError(`the trust file cannot be read (${systemErrorCode(error)})`);
  });
  if (!isUtf8(bytes)) throw new UsageError('the trust file is no UTF-8');
  return parseTrust(bytes.toString('utf8'));
}

function stateOf({ bytes, totalBytes, records }: VerifyProgress): ProgressState {
  return {
    value: Math.ceil(bytes / MIB),
    total: Math.ceil(totalBytes / MIB),
    unit: 'MiB',
    details: counted(records, 'record'),
  };
}

function show(
  report: VerifyReport,
  flags: VerifyFlags,
  isExport: boolean,
  terminal: Terminal,
): void {
  const lines = flags.json
    ? [JSON.stringify(report)]
    : auditReportLines(report, isExport ? 'export' : 'log');
  for (const line of lines) print(terminal, line);
  if (isExport && flags.export !== true) {
    say(
      terminal,
      'This is an export: single records, which nobody can tell to be all. Give --export to accept that.',
    );
  }
}

/** Whoever can write the folder could put a small export into the place of a log. */
function notClean({ status, streams, ...rest }: VerifyReport): VerifyReport {
  return {
    ...rest,
    status: atMostIncomplete(status),
    streams: streams.map((stream) => ({ ...stream, status: atMostIncomplete(stream.status) })),
  };
}

function atMostIncomplete(status: VerifyReport['status']): VerifyReport['status'] {
  return status === 'clean' ? 'incomplete' : status;
}
