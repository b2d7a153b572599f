import type { Segment } from '../read/log-folder.js';
import type { RecordsTask } from './records-task.js';

/** Large enough that starting on one costs nothing, small enough that all threads finish together. */
const PART_BYTES = 32 * 1024 * 1024;

/** A part of a segment that one thread can do. */
export interface RecordPart {
  readonly task: RecordsTask;
  readonly segment: Segment;
  readonly isLast: boolean;
}

/**
 * Splits segments into parts, each when it is asked for.
 *
 * @param isOver whether nothing more of a segment is of interest
 */
export function* recordParts(
  stream: string,
  segments: readonly Segment[],
  sizes: SharedArrayBuffer,
  isOver: (segment: Segment) => boolean,
): Generator<RecordPart> {
  for (const [index, segment] of segments.entries()) {
    const { path, size } = segment;
    const limit = segments[index + 1]?.first ?? Number.MAX_SAFE_INTEGER;
    for (let from = 0; from === 0 || from < size; from += PART_BYTES) {
      if (isOver(segment)) break;
      const to = Math.min(size, from + PART_BYTES);
      const task = { kind: 'records', path, stream, from, to, end: size, limit, sizes } as const;
      yield { task, segment, isLast: to === size };
    }
  }
}
