import { systemErrorCode } from '../common/system-error-code.js';
import { AuditError } from '../errors/audit.error.js';
import { AUDIT_REFUSAL } from './audit-refusal.js';

/** What to do about a code, which is one of SQLSTATE, of our triggers, or of the system. */
const MENDS: Readonly<Record<string, string>> = {
  '42P01': 'its tables are missing: call migrate() once, as the role that is to own them',
  '3F000': 'its schema is missing: create it, then call migrate()',
  '42501':
    'its role lacks a right: grant SELECT and INSERT on both tables, and USAGE on their schema',
  '25006': 'the database takes no writes: connect to the primary',
  [AUDIT_REFUSAL.outOfPlace]:
    'the table does not end where these records begin: look for a table that was restored, or records that somebody else inserted',
  [AUDIT_REFUSAL.malformed]: 'a line is not the record that it is said to be',
};

/**
 * The error of an audit sink for what a client threw. Only codes are taken over: texts and properties of foreign
 * errors may hold addresses with passwords, or lines of the log.
 */
export function sinkFailure(error: unknown, signal?: AbortSignal): AuditError {
  if (error instanceof AuditError) return error;
  if (signal?.aborted === true) return failed('it was told to give up');
  const code = systemErrorCode(error);
  const mend = MENDS[code] ?? 'check that the database can be reached and written';
  return failed(`${/^\w{1,40}$/.test(code) ? code : 'unknown'}: ${mend}`);
}

function failed(why: string): AuditError {
  return new AuditError('AUDIT_SINK_FAILED', `PostgresAuditSink could not do its work (${why})`);
}
