import { createHash } from 'node:crypto';
import { writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEvent } from '../record/audit-event.js';
import { placeOf } from './chain.js';

/** Moves what follows the last record that continues the chain into a file of its own. */
export async function setAside(
  handle: FileHandle,
  from: number,
  to: number,
  folder: string,
): Promise<AuditEvent> {
  const torn = Buffer.alloc(to - from);
  const { bytesRead } = await handle.read(torn, 0, torn.length, from);
  const kept = torn.subarray(0, bytesRead);
  const sha256 = createHash('sha256').update(kept).digest('hex');
  const file = `torn-${from}-${sha256.slice(0, 16)}.bin`;
  await writeFile(join(folder, file), kept, { mode: 0o600, flush: true });
  await handle.truncate(from);
  await handle.datasync();
  // A crash leaves no whole record that does not continue the chain; somebody who changed one does.
  const level = holdsRecord(kept) ? 'critical' : 'warn';
  return { event: 'audit_torn_tail', level, details: { bytes: kept.length, sha256, file } };
}

function holdsRecord(bytes: Buffer): boolean {
  const lines = bytes.toString('latin1').split('\n').slice(0, -1);
  return lines.some((line) => placeOf(Buffer.from(line, 'latin1')) !== undefined);
}
