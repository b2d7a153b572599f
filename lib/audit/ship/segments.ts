import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const SEGMENT = /^seg-(\d{16})\.jsonl$/;

/** A file of records. */
export interface Segment {
  readonly path: string;
  /** The place of its first record. */
  readonly first: number;
}

/** The segments of a stream, in order. */
export async function listSegments(folder: string): Promise<Segment[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => {
      const [, digits] = SEGMENT.exec(name) ?? [];
      return digits === undefined ? [] : { path: join(folder, name), first: Number(digits) };
    })
    .toSorted((a, b) => a.first - b.first);
}
