import { parseNoteFile } from '../note/note-file.js';
import { openRegular, readAt } from './regular-file.js';

const WINDOW_BYTES = 1024 * 1024;

/** A note with the place in its file where it begins. */
export interface PlacedNote {
  readonly note: string;
  readonly offset: number;
}

/** Some of the notes of a file, and what is wrong behind them. */
export interface NoteBatch {
  readonly notes: readonly PlacedNote[];
  /** Where something begins that is no note. */
  readonly damage?: number;
  /** Where the last note begins, when its end is missing. */
  readonly unfinished?: number;
}

/**
 * Reads a note file in parts, each note with its place. Ends at the first damage.
 *
 * @param size how much of the file counts, in bytes
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function* noteBatches(path: string, size: number): AsyncGenerator<NoteBatch> {
  const handle = await openRegular(path);
  if (typeof handle === 'string') return;
  try {
    for (let offset = 0; offset < size;) {
      const length = Math.min(WINDOW_BYTES, size - offset);
      const bytes = await readAt(handle, offset, length, path);
      const isLast = bytes.length < WINDOW_BYTES || offset + length === size;
      const { end, ...batch } = batchOf(bytes, offset, isLast);
      yield batch;
      if (isLast || batch.damage !== undefined) return;
      offset += end;
    }
  } finally {
    await handle.close();
  }
}

function batchOf(bytes: Buffer, from: number, isLast: boolean): NoteBatch & { end: number } {
  const { notes, end, isDamaged } = parseNoteFile(bytes);
  const placed: PlacedNote[] = [];
  let at = 0;
  for (const note of notes) {
    const next = at + Buffer.byteLength(note) + 1;
    // Notes behind something that is none are not where they would be if it were not there.
    if (bytes.toString('utf8', at, next) !== `${note}\n`) break;
    placed.push({ note, offset: from + at });
    at = next;
  }
  if (isDamaged) return { notes: placed, end, damage: from + at };
  const isUnfinished = isLast && end < bytes.length;
  return { notes: placed, end, ...(isUnfinished && { unfinished: from + end }) };
}
