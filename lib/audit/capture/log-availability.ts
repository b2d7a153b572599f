import { AuditError } from '../../errors/audit.error.js';
import type { EventLevel } from '../../events/vocabulary.js';
import type { AuditLog } from '../log/audit-log.js';
import { UnconfiguredAuditLog } from '../log/unconfigured-audit-log.js';

const RETRY_AFTER_SECONDS = 5;

/**
 * Passes when the log takes records of a level, as far as it knows: a disk that fails is found out by a record.
 *
 * @throws AuditError `AUDIT_UNAVAILABLE` when it does not
 * @throws SecurityConfigurationError `AUDIT_NOT_CONFIGURED` when there is none
 */
export async function assertTakes(log: AuditLog, level: EventLevel): Promise<void> {
  if (log instanceof UnconfiguredAuditLog) await log.open();
  const { status, reasons } = log.health();
  // What room is left on a full disk is kept for critical records.
  const hasRoom = level === 'critical' || !reasons.includes('disk-full');
  if (status !== 'failing' && hasRoom && log.hasRoomFor(level)) return;
  throw unavailable(reasons.join(', ') || 'queue-full');
}

/** What depends on a record is refused, since there can be none. */
export function unavailable(why: string, cause?: unknown): AuditError {
  return new AuditError(
    'AUDIT_UNAVAILABLE',
    `a call that has to be recorded was refused, since the audit log takes no record (${why})`,
    { status: 503, retryAfterSeconds: RETRY_AFTER_SECONDS, cause },
  );
}
