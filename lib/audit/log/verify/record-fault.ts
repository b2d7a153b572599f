import { recordPlace, type RecordPlace } from '../read/record-place.js';

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
export function recordFault(line: Buffer, expected: Expected): RecordFault {
  const place = recordPlace(line);
  return place ? placeFault(place, expected) : { kind: 'record-malformed', ...placeOf(expected) };
}

/** Tells what is wrong with a record whose place is not the one that was expected. */
export function placeFault(place: RecordPlace, expected: Expected): RecordFault {
  const { stream, seq, lastOffset } = expected;
  const here = placeOf(expected);
  if (place.stream !== stream) return { kind: 'record-foreign', ...here };
  if (place.seq > seq) return { kind: 'record-missing', ...here };
  // Where two claim the same place, it is not known here which of them is the genuine one.
  if (place.seq === seq - 1) return { kind: 'record-repeated', seq: place.seq, offset: lastOffset };
  if (place.seq < seq) return { kind: 'record-repeated', ...here };
  // It carries the hash of another record than the one that stands before it.
  if (seq === 0) return { kind: 'record-changed', ...here };
  return { kind: 'record-changed', seq: seq - 1, offset: lastOffset };
}

function placeOf({ seq, offset }: Expected): { readonly seq: number; readonly offset: number } {
  return { seq, offset };
}
