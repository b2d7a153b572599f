import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { auditBody } from './crashed-log.js';

/*
 * Starts a log, appends a record, and says how that went and how much memory it took:
 * `measured-start.js <directory>`.
 */
const log = new FileAuditLog(process.argv[2] ?? '', { writer: 'inline' });
const outcome = await log
  .open()
  .then(() => log.append(auditBody(1)))
  .then(
    () => 'started',
    (error: unknown) => String((error as { code?: unknown }).code),
  );
const { maxRSS } = process.resourceUsage();
process.stdout.write(JSON.stringify({ outcome, megabytes: Math.round(maxRSS / 1024) }));
process.exit(0);
