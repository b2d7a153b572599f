import { lstat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { checkWhole } from '../../../common/check-whole.js';
import { assertFolder, isFolder, segmentsOf, streamNames } from '../read/log-folder.js';
import { EPOCHS_FILE } from './snapshot.js';
import type { StreamContext } from './stream-context.js';
import { TaskRunner } from './task-runner.js';
import type { VerifyOptions } from './verify-options.js';
import { statusOf, type StreamReport, type VerifyReport } from './verify-report.js';

const DEFAULT_MAX_AGE_SECONDS = 600;
const MAX_THREADS = 64;
const USUAL_THREADS = 8;
/** Below, starting threads takes longer than the hashing. */
const SMALL_BYTES = 16 * 1024 * 1024;
const NOTE_WEIGHT = 200;

/** How streams are verified. */
export interface VerifyPlan {
  /** Streams that have to be there, beside those that are. */
  readonly required: readonly string[];
  readonly verify: (context: StreamContext) => Promise<StreamReport>;
}

/**
 * Verifies the streams of a folder one after the other.
 *
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 * @throws RangeError, TypeError for options out of bounds; the signal's reason when it is aborted
 */
export async function verifyStreams(
  directory: string,
  options: VerifyOptions,
  { required, verify }: VerifyPlan,
): Promise<VerifyReport> {
  checkOptions(options);
  for (const anchor of options.anchors ?? []) await assertFolder(anchor);
  const present = await streamNames(directory);
  const names = [...present, ...required.filter((name) => !present.includes(name))];
  const totalBytes = await bytesOf(directory, present);
  const work = await workOf(directory, present, totalBytes);
  const runner = await TaskRunner.start(options.parallel ?? usualThreads(work));
  try {
    const contextOf = contexts(directory, options, runner, totalBytes);
    const streams: StreamReport[] = [];
    for (const name of names) {
      options.signal?.throwIfAborted();
      streams.push(await verify(contextOf(name)));
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

/** The work as bytes of records that take as long: two signatures a note cost what many records do. */
async function workOf(
  directory: string,
  streams: readonly string[],
  recordBytes: number,
): Promise<number> {
  let noteBytes = 0;
  for (const stream of streams) {
    const facts = await lstat(join(directory, stream, EPOCHS_FILE)).catch(() => undefined);
    noteBytes += facts?.size ?? 0;
  }
  return recordBytes + noteBytes * NOTE_WEIGHT;
}

function usualThreads(work: number): number {
  return work < SMALL_BYTES ? 0 : Math.min(availableParallelism(), USUAL_THREADS);
}

function reportOf(streams: readonly StreamReport[]): VerifyReport {
  const problems = streams.flatMap((stream) => stream.problems);
  const bad = problems.flatMap(({ grade, seq }) =>
    grade === 'tampered' && seq !== undefined ? [seq] : [],
  );
  return {
    // Of a log without a single stream nothing is proven.
    status: streams.length === 0 ? 'incomplete' : statusOf(problems),
    ...(bad.length > 0 && { firstBadSeq: bad.reduce((least, seq) => Math.min(least, seq)) }),
    streams,
  };
}
