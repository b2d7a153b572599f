import { systemErrorCode } from '../../common/system-error-code.js';
import { AuditError } from '../../errors/audit.error.js';

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

/** Somebody removed, replaced or cut the file that is written. */
export function changedByAnother(): NodeJS.ErrnoException {
  return Object.assign(new Error('the segment is no longer the file that was written'), {
    code: 'ESTALE',
  });
}

/** A file has lines, but none of this stream. */
export function foreign(path: string): AuditError {
  const message = `no line of the audit segment ${path} continues this stream: restore it from a backup, or move its folder away to begin a new stream and keep it as evidence.`;
  return new AuditError('AUDIT_LOG_DAMAGED', message);
}

/** The log is not open. */
export function closed(): AuditError {
  return new AuditError(
    'AUDIT_CLOSED',
    'the audit log is closed: the application is starting or shutting down',
    { status: 503 },
  );
}
