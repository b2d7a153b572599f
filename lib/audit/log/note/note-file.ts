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

/** What stands in a note file between two places where a note can begin. */
export interface NoteFileEntry {
  readonly offset: number;
  /** Behind its second empty line. */
  readonly end: number;
  /** Nothing when it is no note. */
  readonly note: string | undefined;
}

/**
 * Reads a note file: signed notes, each followed by an empty line. It is only ever appended to. The texts of
 * its notes have no empty lines, so that an empty line ends now a text, now its signatures. Nothing is verified.
 */
export function parseNoteFile(bytes: Buffer): NoteFile {
  const notes: string[] = [];
  let [at, end, isDamaged] = [0, 0, false];
  for (const entry of noteFileEntries(bytes)) {
    at = entry.end;
    if (entry.note === undefined) isDamaged = true;
    else {
      notes.push(entry.note);
      end = at;
    }
  }
  return { notes, end, isDamaged: isDamaged || bytes.length - at > MAX_NOTE_BYTES };
}

/** The entries of a note file one after the other, also those that are no notes. */
export function* noteFileEntries(bytes: Buffer): Generator<NoteFileEntry> {
  let offset = 0;
  for (let end = entryEnd(bytes, offset); end !== undefined; end = entryEnd(bytes, offset)) {
    yield { offset, end, note: readNote(bytes.subarray(offset, end - 1)) };
    offset = end;
  }
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
