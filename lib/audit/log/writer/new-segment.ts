import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { SegmentFile, type SegmentSystem } from './segment-file.js';
import { segmentFile } from './segment-names.js';

/** Begins a segment, which has its name from its first records on. */
export function newSegment(
  folder: string,
  firstSeq: number,
  system: SegmentSystem | undefined,
): SegmentFile {
  const path = join(folder, segmentFile(firstSeq));
  try {
    return new SegmentFile(path, undefined, system);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new SegmentFile(path, undefined, system);
  }
}
