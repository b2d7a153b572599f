import type { RecordsResult, RecordsTask } from './records-task.js';
import { scanRecords } from './scan-records.js';
import { scanTiles, type TilesResult, type TilesTask } from './scan-tiles.js';
import { verifyNotesInTurns, type NotesResult, type NotesTask } from './verify-notes.js';

/** A piece of work that any thread can do. */
export type VerifyTask = RecordsTask | TilesTask | NotesTask;

/** What each kind of work gives. */
export interface VerifyResults {
  readonly records: RecordsResult | 'gone';
  readonly tiles: TilesResult;
  readonly notes: NotesResult;
}

/** Does a piece of work in this thread. */
export async function runTask(task: VerifyTask): Promise<VerifyResults[VerifyTask['kind']]> {
  if (task.kind === 'records') return scanRecords(task);
  return task.kind === 'tiles' ? scanTiles(task) : verifyNotesInTurns(task);
}
