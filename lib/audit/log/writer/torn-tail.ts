import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { placeOf } from '../chain.js';
import { MAX_TORN_BYTES } from '../max-torn-bytes.js';
import { readExactly, readRegularSync } from '../read/regular-file-sync.js';
import { syncFolderSync, tryToRemove, writeDurablySync } from './durable-sync.js';
import type { LogEnd } from './log-end.js';
import type { OwnRecord } from './own-record.js';

/** Where a stream goes on, and what there is to say of its end. */
export interface MendedEnd {
  readonly end: LogEnd;
  readonly findings: readonly OwnRecord[];
}

/** What follows the last record, as it is set aside. */
interface TornTail {
  /** The name of its file. */
  readonly file: string;
  readonly finding: OwnRecord;
}

/**
 * Moves what follows the last record that continues the chain into a file of its own. Where that cannot be
 * done, as on a full disk, it stays: the stream goes on in another segment, and a record tells where this
 * one ends.
 */
export function mendEnd(folder: string, end: LogEnd): MendedEnd {
  for (const { file } of end.recordless) takeAway(folder, file);
  const earlier = untold(folder, end.end.nextSeq);
  const told = earlier.map(({ finding }) => finding);
  const { file, size, fileSize } = end;
  if (file === undefined || size === fileSize) return { end, findings: told };
  try {
    if (fileSize - size > MAX_TORN_BYTES) return abandoned(end, file, 'too-long', told);
    const now = setAside(folder, { ...end, file });
    // One that was set aside and not cut off is there a second time.
    const others = earlier.filter((each) => each.file !== now.file);
    return { end, findings: [...others, now].map(({ finding }) => finding) };
  } catch (error) {
    return abandoned(end, file, systemErrorCode(error), told);
  }
}

/**
 * What a start set aside that was killed before it had recorded that: no record has come behind it since, so the
 * place in the name of its file is still the next one.
 */
function untold(folder: string, nextSeq: number): TornTail[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(`torn-${nextSeq}-`));
  return names.flatMap((name) => {
    const torn = readOrNothing(join(folder, name));
    const tail = torn && tornTail(torn, nextSeq);
    // Whatever else has such a name was not set aside by this log.
    return tail?.file === name ? [tail] : [];
  });
}

function readOrNothing(path: string): Buffer | undefined {
  try {
    const torn = readRegularSync(path, MAX_TORN_BYTES);
    return typeof torn === 'string' ? undefined : torn;
  } catch {
    return undefined;
  }
}

function abandoned(
  end: LogEnd,
  file: string,
  reason: string,
  told: readonly OwnRecord[],
): MendedEnd {
  const { file: _, ...rest } = end;
  const details = { file, size: end.size, reason };
  const finding: OwnRecord = { event: 'audit_segment_abandoned', level: 'critical', details };
  return { end: rest, findings: [...told, finding] };
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

function setAside(
  folder: string,
  { file, size, fileSize, end }: LogEnd & { readonly file: string },
): TornTail {
  const fd = openSync(join(folder, file), 'r+');
  try {
    const torn = readExactly(fd, size, fileSize - size);
    const tail = tornTail(torn, end.nextSeq);
    keep(join(folder, tail.file), torn);
    syncFolderSync(folder);
    ftruncateSync(fd, size);
    fdatasyncSync(fd);
    return tail;
  } finally {
    closeSync(fd);
  }
}

function tornTail(torn: Buffer, nextSeq: number): TornTail {
  const sha256 = createHash('sha256').update(torn).digest('hex');
  const file = `torn-${nextSeq}-${sha256.slice(0, 16)}.bin`;
  return {
    file,
    finding: {
      event: 'audit_torn_tail',
      // A crash leaves no whole record that does not continue the chain; somebody who changed one does.
      level: holdsRecord(torn) ? 'critical' : 'warn',
      details: { bytes: torn.length, sha256, file },
    },
  };
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
