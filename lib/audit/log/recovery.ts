import type { FileHandle } from 'node:fs/promises';
import { placeOf, type ChainEnd } from './chain.js';
import { leafHash } from './leaf-hash.js';
import { readTail, type Tail } from './tail.js';

/** Where a log ends after a crash. */
export interface RecoveredEnd {
  readonly end: ChainEnd;
  /** The length of what is whole, in bytes. What follows was never acknowledged. */
  readonly size: number;
}

/**
 * Finds the last line that ends with LF and carries the hash of the line before it. Only what follows
 * that line may be set aside; damage further up is tampering and left for verification to find.
 *
 * @param genesis what the first record carries as `prev`
 * @returns `undefined` when the file has lines, but none that belongs to this stream
 */
export async function recoverEnd(
  handle: FileHandle,
  size: number,
  genesis: string,
): Promise<RecoveredEnd | undefined> {
  if (size === 0) return { end: { nextSeq: 0, prev: genesis }, size: 0 };
  return readTail(handle, size, (tail, isWhole) => {
    if (isWhole && tail.lines.length === 0) return { end: { nextSeq: 0, prev: genesis }, size: 0 };
    return lastChained(tail, isWhole ? { nextSeq: 0, prev: genesis } : undefined);
  });
}

function lastChained(
  { lines, offset }: Tail,
  beforeFirst: ChainEnd | undefined,
): RecoveredEnd | undefined {
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index];
    const before = index === 0 ? beforeFirst : endAfter(lines[index - 1]);
    if (!line || !before) continue;
    const place = placeOf(line);
    if (place?.seq === before.nextSeq && place.prev === before.prev) {
      const size = lines.slice(0, index + 1).reduce((sum, each) => sum + each.length + 1, offset);
      return { end: { nextSeq: place.seq + 1, prev: leafHash(line) }, size };
    }
  }
  return undefined;
}

function endAfter(line: Buffer | undefined): ChainEnd | undefined {
  const place = line && placeOf(line);
  return place && { nextSeq: place.seq + 1, prev: leafHash(line) };
}
