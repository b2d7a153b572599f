import { statSync } from 'node:fs';
import { join } from 'node:path';
import { tryToRemove } from './durable-sync.js';
import type { LogEnd } from './log-end.js';
import { newSegment } from './new-segment.js';
import type { OwnRecord } from './own-record.js';
import type { SegmentFault } from './segment-fault.js';
import { SegmentFile, type SegmentSystem } from './segment-file.js';
import type { WriterLimits } from './writer-setup.js';

/** Where the segments of a stream are, and how long they get. */
export interface SegmentPlace {
  readonly folder: string;
  readonly limits: Pick<WriterLimits, 'segmentBytes' | 'segmentMs'>;
  /** The calls of the system, other than the real ones in a test. */
  readonly system?: SegmentSystem;
}

/** The segments of a stream that is being written: one is open, and is followed by another when it is time. */
export class SegmentSeries {
  readonly #place: SegmentPlace;
  #current: SegmentFile | undefined;
  /** Since when it grows, in ms since 1970. */
  #since = 0;

  /** Goes on where a log ends. */
  constructor(place: SegmentPlace, { file, size }: LogEnd) {
    this.#place = place;
    if (file === undefined) return;
    const path = join(place.folder, file);
    this.#current = new SegmentFile(path, size, place.system);
    this.#since = statSync(path).birthtimeMs;
  }

  /**
   * Appends whole records and returns when the disk has them.
   *
   * @param firstSeq the place of the first of them
   * @throws SegmentFault when it has not; any error of the system when no segment can be begun
   */
  append(bytes: Uint8Array, firstSeq: number): void {
    this.#open(firstSeq).append(bytes);
  }

  /** Gives the open segment up. @returns what the log has to say of it */
  leave({ kind, code }: SegmentFault): OwnRecord[] {
    const left = this.#current;
    this.#current = undefined;
    if (!left) return [];
    const isAbandoned = kind === 'sync' || kind === 'write' || kind === 'stuck';
    // What somebody else changed stays as it is, for whoever looks into it.
    if (isAbandoned) tryToCut(left);
    left.close();
    if (isAbandoned && left.size === 0) {
      // Nothing in it was acknowledged, and the next one takes its name.
      tryToRemove(left.path);
      return [];
    }
    const reason = isAbandoned ? code : kind;
    const details = { file: left.name, size: left.size, reason };
    const event = isAbandoned ? 'audit_segment_abandoned' : 'audit_segment_changed';
    return [{ event, level: 'critical', details }];
  }

  close(): void {
    this.#current?.close();
  }

  #open(firstSeq: number): SegmentFile {
    const current = this.#current;
    if (current && !this.#isOver(current)) return current;
    try {
      const { folder, system } = this.#place;
      this.#current = newSegment(folder, firstSeq, system);
      this.#since = Date.now();
    } catch (error) {
      // A longer segment is better than none.
      if (!current) throw error;
      return current;
    }
    current?.close();
    return this.#current;
  }

  #isOver(segment: SegmentFile): boolean {
    const { segmentBytes, segmentMs } = this.#place.limits;
    // One that began in the future did so before the clock was set back.
    const isOld = Math.abs(Date.now() - this.#since) >= segmentMs;
    return segment.size > 0 && (isOld || segment.size >= segmentBytes);
  }
}

/** Bytes that nobody was told of are in the way of whoever reads; a record excuses those that stay. */
function tryToCut(left: SegmentFile): void {
  try {
    left.withdraw();
  } catch {
    // The file stays as it is.
  }
}
