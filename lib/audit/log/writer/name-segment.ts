import { lstatSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncFolderSync } from './durable-sync.js';
import { tornName } from './torn-tail.js';

/** Gives a file the name of a segment, and returns when the disk has it. */
export function nameSegment(unfinished: string, path: string): void {
  const folder = dirname(path);
  // Somebody put it there, or it was left without a single record that was acknowledged.
  if (lstatSync(path, { throwIfNoEntry: false })) renameSync(path, join(folder, tornName()));
  renameSync(unfinished, path);
  try {
    syncFolderSync(folder);
  } catch (error) {
    renameSync(path, unfinished);
    throw error;
  }
}
