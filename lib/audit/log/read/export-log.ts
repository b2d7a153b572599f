import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { AuditError } from '../../../errors/audit.error.js';
import { exportStream, type ExportedStream } from './export-stream.js';
import { assertFolder, isFolder, streamNames } from './log-folder.js';
import { limitOf, type PseudonymsOf, type RecordFilter } from './record-filter.js';

/** What an export holds. */
export interface ExportReport {
  /** The streams of which records were exported. */
  readonly streams: readonly ExportedStream[];
}

/** What says at the top of a folder that it is an export. */
export const EXPORT_FILE = 'export.json';

/**
 * Writes records with what proves them into a new folder: for each stream its keys, the statements of its epochs,
 * its newest checkpoint, the lines verbatim, and a proof for each. Whoever has the trust file can verify it
 * without the log.
 *
 * @param directory the audit directory
 * @param filter which records; all that meet it are exported, in their order
 * @param pseudonymsOf gives the pseudonyms under which an identifier may stand
 * @param outFolder does not exist yet; its parent does
 * @param anchors folders of directory anchors: what is kept there proves as many records as it covers
 * @throws AuditError `AUDIT_EXPORT_FAILED` when it cannot be written, `AUDIT_LOG_DAMAGED` when a record does not lead
 * to what was signed, `AUDIT_LOG_UNREADABLE`
 * @throws RangeError for a moment that is no date
 * @example
 * await exportLog('./data/audit', { actor: { id: '42' } }, () => [], './evidence');
 */
export async function exportLog(
  directory: string,
  filter: Omit<RecordFilter, 'limit'>,
  pseudonymsOf: PseudonymsOf,
  outFolder: string,
  anchors: readonly string[] = [],
): Promise<ExportReport> {
  limitOf(filter);
  for (const anchor of anchors) await assertFolder(anchor);
  const names = (await streamNames(directory)).filter(
    (name) => filter.stream === undefined || filter.stream === name,
  );
  await writing(outFolder, () => mkdir(outFolder, { mode: 0o700 }));
  const streams: ExportedStream[] = [];
  for (const stream of names) {
    if (!(await isFolder(join(directory, stream)))) continue;
    const exported = await writing(outFolder, () =>
      exportStream(directory, stream, { filter, pseudonymsOf, outFolder, anchors }),
    );
    if (exported.records + exported.unsigned > 0) streams.push(exported);
    // What proves nothing would only be taken for more than it is.
    if (exported.records === 0) await rm(join(outFolder, stream), { recursive: true });
  }
  const marker = `${JSON.stringify({ v: 1, created: new Date().toISOString(), streams })}\n`;
  const path = join(outFolder, EXPORT_FILE);
  await writing(outFolder, () => writeFile(path, marker, { flag: 'wx', mode: 0o600 }));
  return { streams };
}

async function writing<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (cause instanceof AuditError) throw cause;
    throw new AuditError(
      'AUDIT_EXPORT_FAILED',
      `the export could not be written (${systemErrorCode(cause)} at ${JSON.stringify(folder)}): give a folder that does not exist yet, in one that can be written`,
      { cause },
    );
  }
}
