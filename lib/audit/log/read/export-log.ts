import { randomBytes } from 'node:crypto';
import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { AuditError } from '../../../errors/audit.error.js';
import { exportStream, type ExportedStream, type ExportOrder } from './export-stream.js';
import { assertFolder, isFolder, streamNames } from './log-folder.js';
import { limitOf, type PseudonymsOf, type RecordFilter } from './record-filter.js';

/** What an export holds. */
export interface ExportReport {
  /** The streams of which records were exported. */
  readonly streams: readonly ExportedStream[];
}

/** What says at the top of a folder that it is an export. */
export const EXPORT_FILE = 'export.json';

/** What an export is told beside what it is of. */
export interface ExportOptions {
  /**
   * Folders of directory anchors: what is kept there proves as many records as it covers.
   *
   * @default none
   */
  readonly anchors?: readonly string[];
  /** Ends the export with its reason, and leaves nothing of it. */
  readonly signal?: AbortSignal;
}

type Filter = Omit<RecordFilter, 'limit'>;

/**
 * Writes records with what proves them into a new folder: for each stream its keys, the statements of its epochs,
 * its newest checkpoint, the lines verbatim, and a proof for each. Whoever has the trust file can verify it
 * without the log. The folder has its name once it is whole; until then it is `<folder>.<16 hex>.unfinished`.
 *
 * @param directory the audit directory
 * @param filter which records; all that meet it are exported, in their order
 * @param pseudonymsOf gives the pseudonyms under which an identifier may stand
 * @param outFolder does not exist yet; its parent does
 * @throws AuditError `AUDIT_EXPORT_FAILED` when it cannot be written, `AUDIT_LOG_DAMAGED` when a record is missing or
 * was changed, exported or not, `AUDIT_LOG_UNREADABLE`
 * @throws RangeError for a moment that is no date; the signal's reason when it is aborted
 * @example
 * await exportLog('./data/audit', { actor: { id: '42' } }, () => [], './evidence');
 */
export async function exportLog(
  directory: string,
  filter: Filter,
  pseudonymsOf: PseudonymsOf,
  outFolder: string,
  { anchors = [], signal }: ExportOptions = {},
): Promise<ExportReport> {
  limitOf(filter);
  for (const anchor of anchors) await assertFolder(anchor);
  const names = await streamNames(directory);
  if (await isThere(outFolder)) throw exportFailed(outFolder, 'EEXIST');
  const unfinished = `${outFolder}.${randomBytes(8).toString('hex')}.unfinished`;
  try {
    await mkdir(unfinished, { mode: 0o700 });
    const order = {
      filter,
      pseudonymsOf,
      outFolder: unfinished,
      anchors,
      ...(signal && { signal }),
    };
    const streams = await exportStreams(directory, names, order);
    const marker = `${JSON.stringify({ v: 1, created: new Date().toISOString(), streams })}\n`;
    await writeFile(join(unfinished, EXPORT_FILE), marker, { flag: 'wx', mode: 0o600 });
    await rename(unfinished, outFolder);
    return { streams };
  } catch (error) {
    // What cannot be removed is told by its name, and by this error.
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    if (error instanceof AuditError || signal?.aborted) throw error;
    throw exportFailed(outFolder, systemErrorCode(error), error);
  }
}

async function exportStreams(
  directory: string,
  names: readonly string[],
  order: ExportOrder,
): Promise<ExportedStream[]> {
  const { filter, outFolder } = order;
  const streams: ExportedStream[] = [];
  for (const stream of names) {
    if (filter.stream !== undefined && filter.stream !== stream) continue;
    if (!(await isFolder(join(directory, stream)))) continue;
    const exported = await exportStream(directory, stream, order);
    if (exported.records + exported.unsigned > 0) streams.push(exported);
    // What proves nothing would only be taken for more than it is.
    if (exported.records === 0) await rm(join(outFolder, stream), { recursive: true });
  }
  return streams;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw exportFailed(path, systemErrorCode(error), error);
  }
}

function exportFailed(folder: string, code: string, cause?: unknown): AuditError {
  return new AuditError(
    'AUDIT_EXPORT_FAILED',
    `the export could not be written (${code} at ${JSON.stringify(folder)}): give a folder that does not exist yet, in one that can be written`,
    { cause },
  );
}
