import { join } from 'node:path';
import { registeredStreams } from './registered-streams.js';
import type { VerifyOptions } from './verify-options.js';
import type { VerifyReport } from './verify-report.js';
import { verifyStreams } from './verify-run.js';
import { verifyStream } from './verify-stream.js';

export type { VerifyOptions, VerifyProgress } from './verify-options.js';

/**
 * Verifies every stream of an audit log from its files alone: that the chain is whole, that the records are those
 * that the epoch keys signed, and that nothing is older or shorter than what is kept elsewhere. The log may be
 * written meanwhile. Reads everything once; memory does not grow with the log, but for about 80 bytes an epoch
 * and an anchored checkpoint.
 *
 * @param directory the audit directory
 * @throws AuditError `AUDIT_LOG_UNREADABLE` when the system does not let it be read
 * @throws RangeError, TypeError for options out of bounds; the signal's reason when it is aborted
 * @example
 * const report = await verifyLog('./data/audit', { trust, anchors: ['/mnt/elsewhere/anchor'] });
 * if (report.status !== 'clean') alarm(report);
 */
export async function verifyLog(
  directory: string,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const trusted = (options.trust?.streams ?? []).map(({ stream }) => stream);
  const registered = await registeredStreams(join(directory, 'keys'));
  const required = [...new Set([...trusted, ...registered])];
  return verifyStreams(directory, options, { required, verify: verifyStream });
}
