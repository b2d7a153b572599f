import { readdirSync } from 'node:fs';

const SEGMENT = /^seg-(\d{16})\.jsonl$/;

/** A segment of a stream. */
export interface SegmentName {
  readonly file: string;
  /** The place of its first record. */
  readonly firstSeq: number;
}

/** The name of the segment whose first record is this one. */
export function segmentFile(firstSeq: number): string {
  return `seg-${String(firstSeq).padStart(16, '0')}.jsonl`;
}

/** The segments of a stream's folder, in order. */
export function listSegments(folder: string): SegmentName[] {
  return readdirSync(folder)
    .flatMap((file) => {
      const [, digits] = SEGMENT.exec(file) ?? [];
      return digits === undefined ? [] : [{ file, firstSeq: Number(digits) }];
    })
    .toSorted((a, b) => a.firstSeq - b.firstSeq);
}
