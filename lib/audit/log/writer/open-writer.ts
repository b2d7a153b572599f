import { join } from 'node:path';
import { counted } from '../../../common/counted.js';
import { damaged } from '../file-audit-log.errors.js';
import { Checkpointer } from './checkpointer.js';
import { DiskReserve } from './disk-reserve.js';
import { syncFileSync, syncFolderSync } from './durable-sync.js';
import { EpochKeys } from './epoch-keys.js';
import { EpochStatements } from './epoch-statements.js';
import { FrontierCache } from './frontier-cache.js';
import { findLogEnd, type LogEnd } from './log-end.js';
import { LogWriter } from './log-writer.js';
import type { OwnRecord } from './own-record.js';
import { findResumed } from './find-resumed.js';
import { restoreFrontier } from './restore-frontier.js';
import type { SegmentSystem } from './segment-file.js';
import { listSegments } from './segment-names.js';
import { SegmentSeries } from './segment-series.js';
import { signedState, type SignedState } from './stored-checkpoint.js';
import { mendEnd } from './torn-tail.js';
import type { WriterOpened, WriterSetup } from './writer-setup.js';

/** A writer that is ready, and what was found. */
export interface OpenedWriter {
  readonly writer: LogWriter;
  readonly opened: WriterOpened;
}

/** How a writer is watched, and on what it stands. */
export interface WriterSurroundings {
  /** Hears of every checkpoint. */
  readonly onCheckpoint: (note: string) => void;
  /** The calls of the system, other than the real ones in a test. */
  readonly system?: SegmentSystem;
  /** The public key of the stream's first epoch, 32 bytes. */
  readonly firstKey: Buffer;
}

/**
 * Opens a stream for writing: finds its end, sets aside what a crash has torn, ends the epoch of the run
 * before, and records what it found.
 *
 * @throws AuditError `AUDIT_LOG_DAMAGED` when the log is shorter than what was signed or does not lead to
 * it, `AUDIT_EPOCH_KEY_LOST`
 */
export async function openWriter(
  setup: WriterSetup,
  { onCheckpoint, system, firstKey }: WriterSurroundings,
): Promise<OpenedWriter> {
  const { folder, stream, limits } = setup;
  const { found, statements, keys, signed } = readState(setup, firstKey);
  const { nextSeq } = found.end;
  const cache = new FrontierCache(folder);
  const source = { folder, segments: found.segments };
  const frontier = await restoreFrontier(source, cache, signed, nextSeq);
  const { end, findings: torn } = mendEnd(folder, found);
  const parts = { folder, stream, limits, frontier, cache, keys, statements, onCheckpoint };
  const checkpoints = new Checkpointer({ ...parts, checkpointEpoch: signed.epoch });
  const reserve = new DiskReserve(folder, limits.reserveBytes);
  reserve.take();
  const segments = new SegmentSeries({ folder, limits, ...(system && { system }) }, end);
  const epoch = (): number => keys.epoch;
  const writer = new LogWriter({ stream, segments, checkpoints, reserve, epoch, end: end.end });
  const resumed = await findResumed(setup, source.segments, nextSeq);
  // The key that was there before this start must not sign what comes after it.
  if (nextSeq > (statements.last?.size ?? 0)) checkpoints.tryTo('turn the epoch');
  const findings = [...setup.findings, ...torn, ...uncleanStop(setup, signed, nextSeq)];
  for (const finding of findings) writer.say(finding);
  writer.write({ bodies: [], critical: [], losses: [] });
  if (checkpoints.uncovered > 0 || checkpoints.note === '') checkpoints.tryTo('sign');
  return {
    writer,
    opened: { nextSeq: writer.state().durableSeq, resumed, note: checkpoints.note },
  };
}

interface FoundState {
  readonly found: LogEnd;
  readonly statements: EpochStatements;
  readonly keys: EpochKeys;
  readonly signed: SignedState;
}

/** What is on the disk: that the log still has everything that was signed is made sure before it is changed. */
function readState(
  { folder, stream, keyFolder, genesis }: WriterSetup,
  firstKey: Buffer,
): FoundState {
  const found = findLogEnd(folder, listSegments(folder), genesis);
  flushFound(folder, found);
  const statements = new EpochStatements(folder, stream);
  const expected = statements.last?.next ?? statements.last?.reseed ?? firstKey;
  const keys = new EpochKeys({ keyFolder, stream }, statements.count, expected);
  const signed = signedState(folder, stream, keys, statements);
  const missing = signed.size - found.end.nextSeq;
  if (missing > 0)
    throw damaged(folder, `${counted(missing, 'record')} less than were signed, at the end`);
  return { found, statements, keys, signed };
}

/**
 * What a writer that was killed has written may not be on the disk yet. It is, before it is signed and before
 * anybody is told that it is.
 */
function flushFound(folder: string, { file }: LogEnd): void {
  if (file !== undefined) syncFileSync(join(folder, file));
  syncFolderSync(folder);
}

/** A clean shutdown leaves a final checkpoint over everything; a restarted writer has its own record. */
function uncleanStop(
  { resume }: WriterSetup,
  { isClosed, size }: SignedState,
  nextSeq: number,
): OwnRecord[] {
  if (resume || nextSeq === 0 || (isClosed && size === nextSeq)) return [];
  const details = { recordsAfterCheckpoint: nextSeq - size };
  return [{ event: 'audit_unclean_stop', level: 'warn', details }];
}
