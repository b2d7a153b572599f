import { recordPlace } from './record-place.js';

/** Where the chain breaks, and how. */
export interface RecordFault {
  readonly kind: RecordFaultKind;
  /** The first record that is not as it was. */
  readonly seq: number;
  /** Where it begins in its file. */
  readonly offset: number;
}

/** How a record can fail to continue the chain. */
export type RecordFaultKind =
  'record-changed' | 'record-foreign' | 'record-malformed' | 'record-missing' | 'record-repeated';

/** The place where a record was expected. */
export interface Expected {
  readonly stream: string;
  readonly seq: number;
  /** Where the line begins that stands there, … */
  readonly offset: number;
  /** … and the one before it. */
  readonly lastOffset: number;
}

/** Tells what is wrong with a line that is not the record which was expected. */
export function recordFault(
  line: Buffer,
  { stream, seq, offset, lastOffset }: Expected,
): RecordFault {
  const place = recordPlace(line);
  if (!place) return { kind: 'record-malformed', seq, offset };
  if (place.stream !== stream) return { kind: 'record-foreign', seq, offset };
  if (place.seq > seq) return { kind: 'record-missing', seq, offset };
  // Two that claim the same place: which of them is genuine is not known here.
  if (place.seq < seq) {
    return { kind: 'record-repeated', seq: place.seq === seq - 1 ? place.seq : seq, offset };
  }
  // It carries the hash of another record than the one that stands before it.
  return {
    kind: 'record-changed',
    seq: Math.max(0, seq - 1),
    offset: seq === 0 ? offset : lastOffset,
  };
}
