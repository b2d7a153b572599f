import type { Stretch } from '../read/line-reader.js';
import type { RecordPlace } from '../read/record-place.js';
import type { RecordFault } from './record-fault.js';
import type { RecordMark } from './record-mark.js';

/** A stretch of a segment to be hashed. */
export interface RecordsTask extends Stretch {
  readonly kind: 'records';
  readonly stream: string;
  /** The place of the first record that is not looked at any more: the next segment begins with it. */
  readonly limit: number;
  /** The sizes at which roots are asked for, ascending, as 64-bit floats. */
  readonly sizes: SharedArrayBuffer;
}

/** What a stretch of a segment holds. */
export interface RecordsResult {
  readonly kind: 'records';
  /** What its first record claims; nothing where none begins in the stretch. */
  readonly first?: RecordPlace & { readonly offset: number };
  /** The place behind its last record. */
  readonly next: number;
  /** Where the last record begins, and where it ended, in the file. */
  readonly lastOffset: number;
  readonly endOffset: number;
  /** The last record's leaf hash, 64 hexadecimal digits, and its time. */
  readonly lastLeaf: string;
  readonly lastTime: string;
  /** The tree over its records: where each compact range ends, and the nodes of all of them. */
  readonly cuts: readonly number[];
  readonly nodes: Uint8Array;
  readonly marks: readonly RecordMark[];
  readonly fault?: RecordFault;
}
