import { systemErrorCode } from '../../common/system-error-code.js';
import { AuditError } from '../../errors/audit.error.js';
import type { AuditEvent } from '../record/audit-event.js';

/** How two versions of one log became known. */
export type ForkReason = 'sink-mismatch' | 'offset-mismatch' | 'chain-broken';

/** There are two versions of one record: somebody changed the log, or brought an older one back. */
export class AuditFork extends AuditError {
  readonly reason: ForkReason;
  readonly seq: number;

  constructor(reason: ForkReason, seq: number) {
    super(
      'AUDIT_FORK',
      `there are two versions of record ${seq} (${reason}): compare the log with what the sinks and anchors hold, and find out who changed it`,
    );
    this.reason = reason;
    this.seq = seq;
  }
}

/** Whether an error, of a sink or an anchor of whatever origin, says that two versions exist. */
export function isFork(error: unknown): boolean {
  return systemErrorCode(error) === 'AUDIT_FORK';
}

/** The alarm about a sink that gets nothing more. */
export function sinkForked(sink: string, error: unknown): AuditEvent {
  const own = error instanceof AuditFork ? error : undefined;
  return {
    event: 'audit_fork',
    level: 'critical',
    outcome: 'failure',
    reason: own?.reason ?? 'sink-mismatch',
    target: { type: 'audit-sink', id: sink },
    ...(own && { details: { seq: own.seq } }),
  };
}
