import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { placeOf } from '../chain.js';
import { MAX_TORN_BYTES } from '../max-torn-bytes.js';
import { readExactly } from '../read/regular-file-sync.js';
import { syncFolderSync, tryToRemove, writeDurablySync } from './durable-sync.js';
import type { LogEnd } from './log-end.js';
import type { OwnRecord } from './own-record.js';

/** Where a stream goes on, and what there is to say of its end. */
export interface MendedEnd {
  readonly end: LogEnd;
  readonly findings: readonly OwnRecord[];
}

/**
 * Moves what follows the last record that continues the chain into a file of its own. Where that cannot be
 * done, as on a full disk, it stays: the stream goes on in another segment, and a record tells where this
 * one ends.
 */
export function mendEnd(folder: string, end: LogEnd): MendedEnd {
  for (const { file } of end.recordless) takeAway(folder, file);
  const { file, size, fileSize } = end;
  if (file === undefined || size === fileSize) return { end, findings: [] };
  try {
    if (fileSize - size > MAX_TORN_BYTES) return abandoned(end, file, 'too-long');
    return { end, findings: [setAside(folder, file, size, fileSize)] };
  } catch (error) {
    return abandoned(end, file, systemErrorCode(error));
  }
}

function abandoned(end: LogEnd, file: string, reason: string): MendedEnd {
  const { file: _, ...rest } = end;
  const details = { file, size: end.size, reason };
  return {
    end: rest,
    findings: [{ event: 'audit_segment_abandoned', level: 'critical', details }],
  };
}

function takeAway(folder: string, file: string): void {
  const path = join(folder, file);
  if (statSync(path).size === 0) rmSync(path);
  else renameSync(path, join(folder, tornName()));
  syncFolderSync(folder);
}

/** A name for a file without a single record that was acknowledged. */
export function tornName(): string {
  return `torn-0-${randomBytes(8).toString('hex')}.bin`;
}

function setAside(folder: string, file: string, from: number, to: number): OwnRecord {
  const fd = openSync(join(folder, file), 'r+');
  try {
    const torn = readExactly(fd, from, to - from);
    const sha256 = createHash('sha256').update(torn).digest('hex');
    const aside = `torn-${from}-${sha256.slice(0, 16)}.bin`;
    keep(join(folder, aside), torn);
    ftruncateSync(fd, from);
    fdatasyncSync(fd);
    return {
      event: 'audit_torn_tail',
      // A crash leaves no whole record that does not continue the chain; somebody who changed one does.
      level: holdsRecord(torn) ? 'critical' : 'warn',
      details: { bytes: torn.length, sha256, file: aside },
    };
  } finally {
    closeSync(fd);
  }
}

function keep(path: string, bytes: Buffer): void {
  try {
    writeDurablySync(path, bytes);
  } catch (error) {
    tryToRemove(path);
    throw error;
  }
}

function holdsRecord(bytes: Buffer): boolean {
  const lines = bytes.toString('latin1').split('\n').slice(0, -1);
  return lines.some((line) => placeOf(Buffer.from(line, 'latin1')) !== undefined);
}
