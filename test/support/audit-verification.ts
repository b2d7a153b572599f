import { parseTrust } from '../../lib/audit/log/verify/trust.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import type { VerifyOptions } from '../../lib/audit/log/verify/verify-options.js';
import type { StreamReport, VerifyReport } from '../../lib/audit/log/verify/verify-report.js';
import { buildAuditLog, type TestLog } from './audit-log-builder.js';
import type { StreamPlan, TestStream } from './audit-log-stream.js';

/** Builds a log, works with its only stream, and removes it. */
export async function withStream<T>(
  plan: StreamPlan,
  work: (stream: TestStream, log: TestLog) => T | Promise<T>,
): Promise<T> {
  const log = buildAuditLog(plan);
  try {
    const [stream] = log.streams;
    if (!stream) throw new Error('a stream was expected');
    return await work(stream, log);
  } finally {
    log.remove();
  }
}

/** Verifies a log with all that is kept elsewhere, as of its end. */
export function verified(log: TestLog, options: VerifyOptions = {}): Promise<VerifyReport> {
  const trust = parseTrust(log.trust);
  return verifyLog(log.directory, { trust, anchors: [log.anchor], asOf: log.end, ...options });
}

/** The report on the only stream of a log. */
export async function verifiedStream(
  log: TestLog,
  options: VerifyOptions = {},
): Promise<StreamReport> {
  const { streams } = await verified(log, options);
  const [report] = streams;
  if (!report || streams.length > 1) throw new Error('one stream was expected');
  return report;
}

/** The problems of a report in short: their kinds, with the first record that each affects. */
export function problemsOf({ problems }: StreamReport): string[] {
  return problems.map(({ kind, seq }) => (seq === undefined ? kind : `${kind} ${seq}`));
}
