import { counted } from '../../common/counted.js';
import { AuditError } from '../../errors/audit.error.js';
import type { LogCheckpoint } from '../log/note/log-checkpoint.js';

/** A log that lacks a record which somebody has acknowledged. */
export function shorterThanMark(holder: string, seq: number, size: number): AuditError {
  return rolledBack(`${holder} has record ${seq}, and the log has ${counted(size, 'record')} only`);
}

/** A log that lacks records, or an epoch, of which somebody has a signed checkpoint. */
export function shorterThanNote(
  holder: string,
  { size: signed, epoch }: LogCheckpoint,
  size: number,
): AuditError {
  return rolledBack(
    `${holder} has a checkpoint of ${counted(signed, 'record')} in epoch ${epoch}, and the log has ${counted(size, 'record')} or ended in an earlier epoch`,
  );
}

/** A log that has another record in the place of one that somebody has acknowledged. */
export function otherRecord(holder: string, seq: number): AuditError {
  return rolledBack(`${holder} has another record ${seq} than the log`);
}

/** A log whose records are others than those of which somebody has a signed checkpoint. */
export function otherRoot(holder: string, size: number): AuditError {
  return rolledBack(
    `${holder} has a checkpoint of ${counted(size, 'record')} whose root is another one than that of the log`,
  );
}

function rolledBack(what: string): AuditError {
  return new AuditError(
    'AUDIT_LOG_ROLLED_BACK',
    `${what}: records were removed or changed, or an older copy of the log was brought back. Keep its folder as evidence and restore the newest one; docs/audit-anchors.md says how to go on`,
  );
}
