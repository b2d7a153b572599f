import type { RetentionOptions } from './retention.options.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What retention needs to know of a segment that is no longer written. */
export interface ClosedSegment {
  readonly file: string;
  /** The place behind its last record. */
  readonly nextSeq: number;
  readonly bytes: number;
  /** When its last record was made, in ms since 1970; `undefined` when it cannot be read. */
  readonly lastTime: number | undefined;
}

/**
 * Which segments may go: from the oldest on, without gaps, as long as each is too old or the rest too
 * long, and nobody needs it any more.
 *
 * @param closed all segments but the newest, oldest first
 * @param floor records from this place on are still needed, by a sink or an anchor
 */
export function prunableSegments(
  closed: readonly ClosedSegment[],
  { days, maxBytes, legalHold }: RetentionOptions,
  { floor, now, openBytes }: { floor: number; now: number; openBytes: number },
): ClosedSegment[] {
  if (legalHold) return [];
  let bytes = closed.reduce((sum, segment) => sum + segment.bytes, openBytes);
  const isTooOld = ({ lastTime }: ClosedSegment): boolean =>
    days !== undefined && lastTime !== undefined && now - lastTime > days * DAY_MS;
  const end = closed.findIndex((segment) => {
    const goes = segment.nextSeq <= floor && (isTooOld(segment) || bytes > (maxBytes ?? Infinity));
    bytes -= segment.bytes;
    return !goes;
  });
  return closed.slice(0, end === -1 ? closed.length : end);
}
