import { streamNames } from '../audit/log/read/log-folder.js';
import { UsageError } from './usage.error.js';

/**
 * Finds that there is what is asked about: nothing found in a misspelt folder would be taken for nothing recorded.
 *
 * @throws UsageError for a folder without a stream, or without the one that is named
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function assertStream(directory: string, stream?: string): Promise<void> {
  const names = await streamNames(directory);
  if (names.length === 0)
    throw new UsageError(
      'there is no stream in this folder: give the audit directory, once the application has run',
    );
  if (stream === undefined || names.includes(stream)) return;
  throw new UsageError('there is no such stream in this folder: look for its name there');
}
