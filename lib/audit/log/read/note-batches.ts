import { noteFileEntries } from '../note/note-file.js';
import { MAX_NOTE_BYTES } from '../note/signed-note.js';
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

/** An entry of a note file with its place; without a note it is something else. */
export interface PlacedEntry {
  readonly note: string | undefined;
  readonly offset: number;
}

/** Some of the entries of a file, and what is behind them. */
export interface EntryBatch {
  readonly entries: readonly PlacedEntry[];
  /** Where something begins that is longer than any note: where the next one would begin is not known. */
  readonly unreadable?: number;
  /** Where the last entry begins, when its end is missing. */
  readonly unfinished?: number;
}

/**
 * Reads a note file in parts, each note with its place. Ends at the first damage.
 *
 * @param size how much of the file counts, in bytes
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function* noteBatches(path: string, size: number): AsyncGenerator<NoteBatch> {
  for await (const { entries, unreadable, unfinished } of entryBatches(path, size)) {
    const firstBad = entries.find(({ note }) => note === undefined);
    const damage = firstBad?.offset ?? unreadable;
    const notes: PlacedNote[] = [];
    for (const { note, offset } of entries) {
      if (note === undefined) break;
      notes.push({ note, offset });
    }
    const isDamaged = damage !== undefined;
    if (isDamaged) yield { notes, damage };
    else yield { notes, ...(unfinished !== undefined && { unfinished }) };
    if (isDamaged) return;
  }
}

/**
 * Reads a note file in parts, each entry with its place, whether it is a note or not. Ends where no entry can be.
 *
 * @param size how much of the file counts, in bytes
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function* entryBatches(path: string, size: number): AsyncGenerator<EntryBatch> {
  const handle = await openRegular(path);
  if (typeof handle === 'string') return;
  try {
    for (let offset = 0; offset < size;) {
      const length = Math.min(WINDOW_BYTES, size - offset);
      const bytes = await readAt(handle, offset, length, path);
      const isLast = bytes.length < WINDOW_BYTES || offset + length === size;
      const { end, ...batch } = batchOf(bytes, offset, isLast);
      yield batch;
      if (isLast || batch.unreadable !== undefined) return;
      offset += end;
    }
  } finally {
    await handle.close();
  }
}

function batchOf(bytes: Buffer, from: number, isLast: boolean): EntryBatch & { end: number } {
  const entries: PlacedEntry[] = [];
  let end = 0;
  for (const { offset, end: next, note } of noteFileEntries(bytes)) {
    // The last byte is of the empty line behind the note. What is longer has its end by the luck of a long read only.
    if (next - 1 - offset > MAX_NOTE_BYTES) break;
    entries.push({ note, offset: from + offset });
    end = next;
  }
  if (bytes.length - end > MAX_NOTE_BYTES) return { entries, end, unreadable: from + end };
  const isUnfinished = isLast && end < bytes.length;
  return { entries, end, ...(isUnfinished && { unfinished: from + end }) };
}
