import { systemErrorCode } from '../../../common/system-error-code.js';

/** Codes that mean: there is no room, there may be again. Not `EFBIG`, which another file does not meet. */
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/**
 * Why a segment did not take a batch. `full` and `write`: nothing of the batch is left in the file.
 * `sync` and the others: the file must not be written any more.
 */
export type SegmentFaultKind =
  'full' | 'write' | 'sync' | 'removed' | 'replaced' | 'cut' | 'grown' | 'stuck';

/** A batch did not become durable. */
export class SegmentFault extends Error {
  constructor(
    /** What happened. */
    readonly kind: SegmentFaultKind,
    /** The code of the system's error, or the kind where the system saw none. */
    readonly code: string = kind,
  ) {
    super(`the segment did not take the batch: ${kind} (${code})`);
    this.name = 'SegmentFault';
  }

  /** Whether the segment can be written further. */
  get isOver(): boolean {
    return this.kind !== 'full' && this.kind !== 'write';
  }
}

/** What a failed write means. */
export function writeFault(error: unknown): SegmentFault {
  if (error instanceof SegmentFault) return error;
  const code = systemErrorCode(error);
  return new SegmentFault(FULL.has(code) ? 'full' : 'write', code);
}
