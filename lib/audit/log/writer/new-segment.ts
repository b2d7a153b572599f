import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { syncFolderSync } from './durable-sync.js';
import { SegmentFile, type SegmentSystem } from './segment-file.js';
import { segmentFile } from './segment-names.js';
import { tornName } from './torn-tail.js';

/** Begins a segment, and returns when the disk has its name. */
export function newSegment(
  folder: string,
  firstSeq: number,
  system: SegmentSystem | undefined,
): SegmentFile {
  const path = join(folder, segmentFile(firstSeq));
  const segment = create(path, folder, system);
  try {
    syncFolderSync(folder);
    return segment;
  } catch (error) {
    segment.close();
    rmSync(path, { force: true });
    throw error;
  }
}

function create(path: string, folder: string, system: SegmentSystem | undefined): SegmentFile {
  try {
    return new SegmentFile(path, 'ax', 0, system);
  } catch (error) {
    const code = systemErrorCode(error);
    // Somebody put it there, or it was left without a single record that was acknowledged.
    if (code === 'EEXIST') renameSync(path, join(folder, tornName()));
    else if (code === 'ENOENT') mkdirSync(folder, { recursive: true, mode: 0o700 });
    else throw error;
    return new SegmentFile(path, 'ax', 0, system);
  }
}
