import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MAX_NOTE_BYTES } from '../note/signed-note.js';
import { segmentsOf, type Segment } from '../read/log-folder.js';
import { openRegular, readAt, readRegular, type Unreadable } from '../read/regular-file.js';
import { GENESIS_FILE } from './stream-identity.js';

export const CHECKPOINT_FILE = 'checkpoint';
export const EPOCHS_FILE = 'epochs.notes';
export const COSIGNED_FILE = 'cosigned.notes';

const ATTEMPTS = 3;
const ATTEMPT_INTERVAL_MS = 100;
const END_OF_NOTE = '\n\n';

/** A note file as far as it counts. */
export interface NoteFileFacts {
  readonly path: string;
  /** How it is called in a report. */
  readonly name: string;
  readonly size: number | Unreadable;
}

/** How far a stream was at one moment, though it may be written on. */
export interface Snapshot {
  readonly folder: string;
  readonly anchors: readonly NoteFileFacts[];
  readonly cosigned: NoteFileFacts;
  readonly checkpoint: Buffer | Unreadable | 'too-large';
  readonly epochs: NoteFileFacts;
  readonly segments: readonly Segment[];
}

/**
 * Notes how far a stream is. In this order a log that is being written only has more than what was read
 * before says: anchors are behind the checkpoint, and that is behind the records. What a writer is just about
 * to put there is waited for, for a moment.
 *
 * @param anchors folders of directory anchors
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function takeSnapshot(
  directory: string,
  stream: string,
  anchors: readonly string[],
): Promise<Snapshot> {
  for (let attempt = 1; ; attempt += 1) {
    const snapshot = await snapshotNow(directory, stream, anchors);
    if (attempt === ATTEMPTS || (await isSettled(snapshot))) return snapshot;
    await wait(ATTEMPT_INTERVAL_MS);
  }
}

async function snapshotNow(
  directory: string,
  stream: string,
  anchors: readonly string[],
): Promise<Snapshot> {
  const folder = join(directory, stream);
  const anchorFiles: NoteFileFacts[] = [];
  for (const anchor of anchors) {
    const path = join(anchor, `${stream}.notes`);
    anchorFiles.push({ path, name: path, size: await sizeOf(path) });
  }
  const own = async (file: string): Promise<NoteFileFacts> => {
    const path = join(folder, file);
    return { path, name: `${stream}/${file}`, size: await sizeOf(path) };
  };
  return {
    folder,
    anchors: anchorFiles,
    cosigned: await own(COSIGNED_FILE),
    checkpoint: await readRegular(join(folder, CHECKPOINT_FILE), MAX_NOTE_BYTES),
    epochs: await own(EPOCHS_FILE),
    segments: await segmentsOf(folder),
  };
}

async function isSettled({ folder, checkpoint, epochs }: Snapshot): Promise<boolean> {
  if (checkpoint === 'missing') return false;
  if ((await readRegular(join(folder, GENESIS_FILE), 1)) === 'missing') return false;
  if (typeof epochs.size === 'string') return true;
  return epochs.size < END_OF_NOTE.length || endsWithNote(epochs.path, epochs.size);
}

async function endsWithNote(path: string, size: number): Promise<boolean> {
  const handle = await openRegular(path);
  if (typeof handle === 'string') return true;
  try {
    const end = await readAt(handle, size - END_OF_NOTE.length, END_OF_NOTE.length, path);
    return end.toString('latin1') === END_OF_NOTE;
  } finally {
    await handle.close();
  }
}

async function sizeOf(path: string): Promise<number | Unreadable> {
  const handle = await openRegular(path);
  if (typeof handle === 'string') return handle;
  try {
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}
