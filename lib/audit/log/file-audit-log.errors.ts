import { systemErrorCode } from '../../common/system-error-code.js';
import { AuditError } from '../../errors/audit.error.js';
import { writeFault } from './writer/segment-fault.js';

/** The system did not take a record. */
export function writeFailed(cause: unknown): AuditError {
  return new AuditError(
    'AUDIT_WRITE_FAILED',
    `the audit log could not be written (${systemErrorCode(cause)}): docs/errors.md says what to do after AUDIT_WRITE_FAILED`,
    {
      status: 503,
      cause,
    },
  );
}

/** The system did not take something else than a record, as the final checkpoint. */
export function notWritten(cause: unknown): AuditError {
  if (cause instanceof AuditError) return cause;
  return writeFault(cause).kind === 'full' ? diskFull(cause) : writeFailed(cause);
}

/** A file has lines, but none of this stream. */
export function foreign(path: string): AuditError {
  const message = `no line of the audit segment ${path} continues this stream: restore it from a backup, or move its folder away to begin a new stream and keep it as evidence.`;
  return new AuditError('AUDIT_LOG_DAMAGED', message);
}

/** Somebody removed the lock, and another process has taken the stream. */
export function lockLost(): AuditError {
  return new AuditError(
    'AUDIT_WRITE_FAILED',
    'the lock of the audit stream was removed and another process has taken the stream: restart this process, which then writes a stream of its own, and find out who removed lock.sock',
    { status: 503 },
  );
}

/** The log is not open. */
export function closed(): AuditError {
  return new AuditError(
    'AUDIT_CLOSED',
    'the audit log is closed: the application is starting or shutting down',
    { status: 503 },
  );
}

/** A part of the log that must be there is not, or is not what it was. */
export function damaged(folder: string, what: string): AuditError {
  const message = `${what} in the audit stream ${folder}: restore it from a backup, or move the folder away to begin a new stream and keep it as evidence.`;
  return new AuditError('AUDIT_LOG_DAMAGED', message);
}

/** The key that the epoch needs is not there. */
export function epochKeyLost(stream: string, epoch: number): AuditError {
  const message = `the key of epoch ${epoch} of the audit stream ${stream} is not in the key folder: put it back, or continue the stream with "nestjs-security audit reseed" and the recovery key.`;
  return new AuditError('AUDIT_EPOCH_KEY_LOST', message);
}

/** The system does not give a key that is there. */
export function keyUnreadable(path: string, cause: unknown): AuditError {
  const message = `the key ${path} of the audit log cannot be read (${systemErrorCode(cause)}): let this process read it.`;
  return new AuditError('AUDIT_DIRECTORY_UNUSABLE', message, { cause });
}

/** Records are refused while the disk is full. */
export function diskFull(cause: unknown): AuditError {
  return new AuditError(
    'AUDIT_DISK_FULL',
    'the disk of the audit log is full: make room, then records are taken again by themselves',
    { status: 503, cause, retryAfterSeconds: 1 },
  );
}

/** A batch was written without this record. */
export function refused(reason: string | undefined, code: string | undefined): AuditError {
  const cause = Object.assign(new Error(reason), { code });
  return reason === 'disk-full' ? diskFull(cause) : writeFailed(cause);
}

/** Records come faster than the disk takes them. */
export function queueFull(): AuditError {
  const message = 'too many audit records are waiting to be written: the disk is too slow for them';
  return new AuditError('AUDIT_QUEUE_FULL', message, { status: 503, retryAfterSeconds: 1 });
}
