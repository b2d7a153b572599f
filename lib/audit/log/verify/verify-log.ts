import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { checkWhole } from '../../../common/check-whole.js';
import { isFolder, segmentsOf, streamNames } from '../read/log-folder.js';
import type { StreamContext } from './stream-context.js';
import { TaskRunner } from './task-runner.js';
import type { Trust } from './trust.js';
import { statusOf, type StreamReport, type VerifyReport } from './verify-report.js';
import { verifyStream } from './verify-stream.js';

/** How far a verification is. */
export interface VerifyProgress {
  /** Bytes of records that were read. */
  readonly bytes: number;
  /** How many there are, more where the log has grown since. */
  readonly totalBytes: number;
  readonly records: number;
}

/** What {@link verifyLog} holds a log against, and how. */
export interface VerifyOptions {
  /**
   * What is known of the log from elsewhere.
   *
   * @default none: the log is held against itself only, which can give `incomplete` at best
   */
  readonly trust?: Trust;
  /**
   * Folders of directory anchors.
   *
   * @default none
   */
  readonly anchors?: readonly string[];
  /**
   * The moment that the log should be fresh at, for archives.
   *
   * @default now
   */
  readonly asOf?: Date;
  /**
   * How old the newest anchored checkpoint may be, in seconds.
   *
   * @default 600
   */
  readonly maxAgeSeconds?: number;
  /** Hears how far it is, several times a second. */
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Ends the verification with its reason. */
  readonly signal?: AbortSignal;
  /**
   * How many threads hash, 0 to 64; 0 is the calling one, which then still answers in between.
   *
   * @default one for each processor, at most 8; 0 for logs of less than 16 MiB
   */
  readonly parallel?: number;
}

const DEFAULT_MAX_AGE_SECONDS = 600;
const MAX_THREADS = 64;
const USUAL_THREADS = 8;
/** Below, starting threads takes longer than the hashing. */
const SMALL_BYTES = 16 * 1024 * 1024;

/**
 * Verifies every stream of an audit log from its files alone: that the chain is whole, that the records are those
 * that the epoch keys signed, and that nothing is older or shorter than what is kept elsewhere. The log may be
 * written meanwhile. Reads everything once; memory does not grow with the log, but for about 80 bytes an epoch
 * and an anchored checkpoint.
 *
 * @param directory the audit directory
 * @throws AuditError `AUDIT_LOG_UNREADABLE` when the system does not let it be read
 * @throws RangeError, TypeError for options out of bounds; the signal's reason when it is aborted
 * @example
 * const report = await verifyLog('./data/audit', { trust, anchors: ['/mnt/elsewhere/anchor'] });
 * if (report.status !== 'clean') alarm(report);
 */
export async function verifyLog(
  directory: string,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const { trust, signal } = options;
  checkOptions(options);
  const present = await streamNames(directory);
  const trusted = (trust?.streams ?? []).map(({ stream }) => stream);
  const names = [...present, ...trusted.filter((name) => !present.includes(name))];
  const totalBytes = await bytesOf(directory, present);
  const runner = await TaskRunner.start(options.parallel ?? usualThreads(totalBytes));
  try {
    const contextOf = contexts(directory, options, runner, totalBytes);
    const streams: StreamReport[] = [];
    for (const name of names) {
      signal?.throwIfAborted();
      streams.push(await verifyStream(contextOf(name)));
    }
    return reportOf(streams);
  } finally {
    await runner.close();
  }
}

function checkOptions({ maxAgeSeconds = 0, parallel = 0, asOf }: VerifyOptions): void {
  checkWhole(maxAgeSeconds, 'maxAgeSeconds', 0, Number.MAX_SAFE_INTEGER / 1000);
  checkWhole(parallel, 'parallel', 0, MAX_THREADS);
  if (asOf && Number.isNaN(asOf.getTime())) throw new RangeError('asOf must be a valid date');
}

function contexts(
  directory: string,
  { trust, anchors = [], asOf, maxAgeSeconds, onProgress, signal }: VerifyOptions,
  runner: TaskRunner,
  totalBytes: number,
): (stream: string) => StreamContext {
  const trusted = new Map(trust?.streams.map((each) => [each.stream, each]));
  let [bytes, records] = [0, 0];
  return (stream) => {
    const known = trusted.get(stream);
    return {
      directory,
      stream,
      ...(known && { trusted: known }),
      ...(trust?.recovery && { recovery: trust.recovery }),
      witnesses: trust?.witnesses ?? [],
      anchors,
      hasTrust: trust !== undefined,
      asOf: asOf?.getTime() ?? Date.now(),
      maxAgeMs: (maxAgeSeconds ?? DEFAULT_MAX_AGE_SECONDS) * 1000,
      runner,
      ...(signal && { signal }),
      onRead: (moreBytes, moreRecords) => {
        bytes += moreBytes;
        records += moreRecords;
        onProgress?.({ bytes, totalBytes: Math.max(totalBytes, bytes), records });
      },
    };
  };
}

async function bytesOf(directory: string, streams: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const folder of streams.map((stream) => join(directory, stream))) {
    if (!(await isFolder(folder))) continue;
    for (const { size } of await segmentsOf(folder)) bytes += size;
  }
  return bytes;
}

function usualThreads(totalBytes: number): number {
  return totalBytes < SMALL_BYTES ? 0 : Math.min(availableParallelism(), USUAL_THREADS);
}

function reportOf(streams: readonly StreamReport[]): VerifyReport {
  const problems = streams.flatMap((stream) => stream.problems);
  const bad = problems.flatMap(({ grade, seq }) =>
    grade === 'tampered' && seq !== undefined ? [seq] : [],
  );
  return {
    // Of a log without a single stream nothing is proven.
    status: streams.length === 0 ? 'incomplete' : statusOf(problems),
    ...(bad.length > 0 && { firstBadSeq: Math.min(...bad) }),
    streams,
  };
}
