import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { readStreams, type StreamLines } from './audit-chain.js';

const NEVER = 1e9;

/** A body as {@link FileAuditLog.append} takes it. */
export function auditBody(n: number): string {
  return `"time":"2026-11-23T00:00:00.000Z","event":"e","n":${n}}`;
}

/** What a process leaves that is killed after so many records, none of which a checkpoint covers. */
export async function crashedLog(count: number): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'audit-'));
  const log = new FileAuditLog(join(root, 'running'), {
    writer: 'inline',
    limits: { checkpointMs: NEVER, checkpointRecords: NEVER, reserveBytes: 0 },
  });
  await log.open();
  for (let n = 1; n <= count; n += 1) await log.append(auditBody(n));
  const directory = join(root, 'log');
  cpSync(join(root, 'running'), directory, {
    recursive: true,
    filter: (source) => !source.endsWith('.sock'),
  });
  await log.close();
  rmSync(join(root, 'running'), { recursive: true });
  return directory;
}

/** The only stream of a directory. */
export function onlyStream(directory: string): StreamLines {
  const [stream, ...others] = readStreams(directory);
  if (!stream || others.length > 0) throw new Error('one stream was expected');
  return stream;
}
