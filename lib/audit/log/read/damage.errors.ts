import { AuditError } from '../../../errors/audit.error.js';

/** A place of a log where another record has to stand than what is there. */
export function damagedRecord(seq: number, path: string, offset?: number): AuditError {
  return damaged(`record ${seq} is missing or was changed in ${placeText(path, offset)}`);
}

/** A file that a log cannot be without. */
export function damagedFile(path: string, offset?: number): AuditError {
  return damaged(`what has to be there is missing or was changed in ${placeText(path, offset)}`);
}

function placeText(path: string, offset: number | undefined): string {
  return `${JSON.stringify(path)}${offset === undefined ? '' : `, byte ${offset}`}`;
}

function damaged(what: string): AuditError {
  const message = `${what}: verify the log with nestjs-security audit verify`;
  return new AuditError('AUDIT_LOG_DAMAGED', message);
}
