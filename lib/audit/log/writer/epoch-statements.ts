import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseLogCheckpoint, originOf, type LogCheckpoint } from '../note/log-checkpoint.js';
import { noteFileEntry, parseNoteFile } from '../note/note-file.js';
import { parseNote } from '../note/signed-note.js';
import { readExactly } from './tail.js';

const FILE = 'epochs.notes';
/** A statement has some 500 bytes. */
const WINDOW = 64 * 1024;

/** The file of the statements that ended an epoch each. Only the last one is read: verifying reads them all. */
export class EpochStatements {
  readonly #fd: number;
  #size: number;
  #last: LogCheckpoint | undefined;

  /** Opens the file, and takes off a statement that a crash cut short. */
  constructor(folder: string, stream: string) {
    this.#fd = openSync(join(folder, FILE), 'a+', 0o600);
    const { size } = fstatSync(this.#fd);
    const start = Math.max(0, size - WINDOW);
    const found = lastStatement(readExactly(this.#fd, start, size - start), stream);
    this.#last = found?.statement;
    this.#size = start + (found?.end ?? 0);
    if (this.#size < size) this.#cut();
  }

  /** The statement that ended the epoch before this one. */
  get last(): LogCheckpoint | undefined {
    return this.#last;
  }

  /** How many epochs have ended. */
  get count(): number {
    return this.#last ? this.#last.epoch + 1 : 0;
  }

  /** Appends a statement and returns when the disk has it. */
  append(note: string, statement: LogCheckpoint): void {
    const bytes = Buffer.from(noteFileEntry(note), 'utf8');
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(this.#fd, bytes, written);
      }
      fdatasyncSync(this.#fd);
    } catch (error) {
      this.#cut();
      throw error;
    }
    this.#size += bytes.length;
    this.#last = statement;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #cut(): void {
    ftruncateSync(this.#fd, this.#size);
    fdatasyncSync(this.#fd);
  }
}

interface Found {
  readonly statement: LogCheckpoint;
  readonly end: number;
}

function lastStatement(bytes: Buffer, stream: string): Found | undefined {
  const beginning = Buffer.from(`${originOf(stream)}\n`);
  for (
    let from = bytes.lastIndexOf(beginning);
    from !== -1;
    from = from === 0 ? -1 : bytes.lastIndexOf(beginning, from - 1)
  ) {
    const { notes, end } = parseNoteFile(bytes.subarray(from));
    const note = notes[0] === undefined ? undefined : parseNote(notes[0]);
    const statement = note && parseLogCheckpoint(note.text);
    if (statement) return { statement, end: from + end };
  }
  return undefined;
}
