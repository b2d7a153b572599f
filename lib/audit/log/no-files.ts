import { AuditError } from '../../errors/audit.error.js';

/** The log goes to sinks only: there is nothing here to read. */
export function noFiles(): AuditError {
  return new AuditError(
    'AUDIT_NO_FILES',
    'this audit log keeps no files: with audit.directory false its records are in the sinks, and in tests they are in memory',
  );
}
