import type { OwnRecord } from './own-record.js';
import type { Loss, ToldLoss } from './gap.js';

/** When the writer does what. */
export interface WriterLimits {
  /** A segment is closed when it is that long, in bytes. */
  readonly segmentBytes: number;
  /** A segment is closed when it is that old, in ms. */
  readonly segmentMs: number;
  /** A checkpoint is signed that long after the last one, when the log grew, in ms. */
  readonly checkpointMs: number;
  /** A checkpoint is signed after so many records. */
  readonly checkpointRecords: number;
  /** A checkpoint is signed that long after the last one, though nothing happened, in ms. */
  readonly heartbeatMs: number;
  /** How long a key signs, in ms, while the log grows. */
  readonly epochMs: number;
  /** Room that is kept for critical records, in bytes. */
  readonly reserveBytes: number;
}

/** What is usual. */
export const WRITER_LIMITS: WriterLimits = Object.freeze({
  segmentBytes: 64 * 1024 * 1024,
  segmentMs: 24 * 60 * 60 * 1000,
  checkpointMs: 1000,
  checkpointRecords: 1000,
  heartbeatMs: 60_000,
  epochMs: 60_000,
  reserveBytes: 1024 * 1024,
});

/** Where a writer begins. Plain data: it crosses to the writer thread. */
export interface WriterSetup {
  /** The stream's name. */
  readonly stream: string;
  /** The stream's folder, which is locked for this process. */
  readonly folder: string;
  /** The folder of the private keys. */
  readonly keyFolder: string;
  /** What the first record carries as `prev`. */
  readonly genesis: string;
  readonly limits: WriterLimits;
  /** What was found before the log was opened, to be recorded first. */
  readonly findings: readonly OwnRecord[];
  /** After a writer died: what it had been given and not answered. */
  readonly resume?: { readonly nextSeq: number; readonly bodies: readonly string[] };
}

/** A record that is on the disk. */
export interface WrittenPlace {
  readonly seq: number;
  readonly leafHash: string;
}

/** What a writer that died had written, though it could not say so. */
export interface Resumed {
  /** Which bodies, by their indices. Not always the first ones: on a full disk only the critical ones are. */
  readonly places: ReadonlyMap<number, WrittenPlace>;
  /** Which losses it told of. */
  readonly told: readonly ToldLoss[];
}

/** What an opened writer tells. */
export interface WriterOpened {
  /** The place of the next record. */
  readonly nextSeq: number;
  /** What of `resume` is on the disk already. */
  readonly resumed: Resumed;
  /** The newest checkpoint. */
  readonly note: string;
}

/** Records to write together. */
export interface WriterBatch {
  readonly bodies: readonly string[];
  /** Which of them are critical, by their places in `bodies`. */
  readonly critical: readonly number[];
  /** What was lost before it came to the writer. */
  readonly losses: readonly Loss[];
}

/** What became of a batch. */
export interface WriterResult {
  /** The place of the first record that was written; the others follow without gaps. */
  readonly firstSeq: number;
  /** Their leaf hashes, 64 hexadecimal digits each, one behind the other. */
  readonly leafHashes: string;
  /** Which were refused, by their places in `bodies`, ascending. */
  readonly refused: readonly number[];
  /** Why. */
  readonly reason?: 'disk-full' | 'write-failed';
  /** The code of the system's error. */
  readonly code?: string;
  readonly state: WriterState;
}

/** How the writer does. */
export interface WriterState {
  /** Everything below this place is on the disk. */
  readonly durableSeq: number;
  /** Records below this place are covered by a checkpoint. */
  readonly signedSize: number;
  readonly epoch: number;
  /** `full`: only critical records are tried. */
  readonly disk: 'ok' | 'full' | 'failing';
  /** Whether the last attempt to write a critical record failed. */
  readonly refusesCritical: boolean;
  /** Records that were lost and not yet recorded as such. */
  readonly losses: readonly Loss[];
  /** Why no checkpoint could be signed; nothing when they can. */
  readonly checkpointFailure?: string;
}
