import { MAX_NOTE_BYTES, parseNote } from './signed-note.js';

const EMPTY_LINE = Buffer.from('\n\n');

/** What is in a note file. */
export interface NoteFile {
  /** The notes, in the order of the file. */
  readonly notes: readonly string[];
  /** Where the last whole note ends; what follows is unfinished, as a crash leaves it. */
  readonly end: number;
  /** Whether there is anything that neither is a note nor can be an unfinished last one. */
  readonly isDamaged: boolean;
}

/**
 * Reads a note file: signed notes, each followed by an empty line. It is only ever appended to. The texts of
 * its notes have no empty lines, so that an empty line ends now a text, now its signatures. Nothing is verified.
 */
export function parseNoteFile(bytes: Buffer): NoteFile {
  const notes: string[] = [];
  let [at, end, isDamaged] = [0, 0, false];
  for (let next = entryEnd(bytes, at); next !== undefined; next = entryEnd(bytes, at)) {
    const note = readNote(bytes.subarray(at, next - 1));
    at = next;
    if (note === undefined) isDamaged = true;
    else {
      notes.push(note);
      end = next;
    }
  }
  return { notes, end, isDamaged: isDamaged || bytes.length - at > MAX_NOTE_BYTES };
}

/** Where the entry ends that begins here, behind its second empty line. */
function entryEnd(bytes: Buffer, from: number): number | undefined {
  const text = bytes.indexOf(EMPTY_LINE, from);
  const signatures = text === -1 ? -1 : bytes.indexOf(EMPTY_LINE, text + 2);
  return signatures === -1 ? undefined : signatures + 2;
}

function readNote(bytes: Buffer): string | undefined {
  const note = parseNote(bytes);
  return note && !`\n${note.text}`.includes('\n\n') ? bytes.toString('utf8') : undefined;
}

/**
 * What to append to a note file for a note.
 *
 * @throws TypeError when the note cannot be read or its text has an empty line
 */
export function noteFileEntry(note: string): string {
  const entry = `${note}\n`;
  if (parseNoteFile(Buffer.from(entry, 'utf8')).notes[0] !== note) {
    throw new TypeError('a note file takes notes whose text has no empty line');
  }
  return entry;
}
