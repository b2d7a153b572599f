import { join } from 'node:path';
import { parseLogCheckpoint, type LogCheckpoint } from '../note/log-checkpoint.js';
import { MAX_NOTE_BYTES, parseNote } from '../note/signed-note.js';
import { openRegular, readAt, readRegular } from './regular-file.js';

/** A checkpoint with the note that it was read from. */
export interface StoredCheckpoint {
  readonly note: string;
  readonly checkpoint: LogCheckpoint;
}

/**
 * The checkpoints that a record of a stream can be proven by, the better ones first: the newest that a witness has
 * cosigned, the newest of each anchor, and the newest. Their signatures are not verified.
 *
 * @param anchors folders of directory anchors
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function storedCheckpoints(
  folder: string,
  stream: string,
  anchors: readonly string[] = [],
): Promise<StoredCheckpoint[]> {
  const own = await readRegular(join(folder, 'checkpoint'), MAX_NOTE_BYTES);
  const notes = [
    await lastNote(join(folder, 'cosigned.notes')),
    ...(await Promise.all(anchors.map((anchor) => lastNote(join(anchor, `${stream}.notes`))))),
    typeof own === 'string' ? undefined : own.toString('utf8'),
  ];
  const stored = notes.flatMap((note) => readCheckpoint(note) ?? []);
  return stored.filter(({ checkpoint }) => checkpoint.stream === stream);
}

/** The best of some checkpoints that covers a record. */
export function checkpointOver(
  stored: readonly StoredCheckpoint[],
  seq: number,
): StoredCheckpoint | undefined {
  return stored.find(({ checkpoint }) => checkpoint.size > seq);
}

/** Reads a note as the checkpoint that it has to be; its signatures are not verified. */
export function readCheckpoint(note: string | undefined): StoredCheckpoint | undefined {
  const text = note === undefined ? undefined : parseNote(note)?.text;
  const checkpoint = text === undefined ? undefined : parseLogCheckpoint(text);
  return note !== undefined && checkpoint ? { note, checkpoint } : undefined;
}

/** The last whole note of a note file: an empty line ends now a text, now its signatures. */
async function lastNote(path: string): Promise<string | undefined> {
  const handle = await openRegular(path);
  if (typeof handle === 'string') return undefined;
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - 2 * MAX_NOTE_BYTES);
    const parts = (await readAt(handle, start, size - start, path)).toString('utf8').split('\n\n');
    const [text, signatures, rest] = parts.slice(-3);
    return rest === '' ? `${text}\n\n${signatures}\n` : undefined;
  } finally {
    await handle.close();
  }
}
