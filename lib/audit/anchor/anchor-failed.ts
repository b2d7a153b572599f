import { AuditError } from '../../errors/audit.error.js';

/**
 * An anchor did not take a checkpoint.
 *
 * @param what the rest of the message, behind the anchor's name
 */
export function anchorFailed(anchor: string, what: string, cause?: unknown): AuditError {
  return new AuditError('AUDIT_ANCHOR_FAILED', `the audit anchor ${anchor} ${what}`, { cause });
}
