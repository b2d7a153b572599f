import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { damaged } from '../file-audit-log.errors.js';
import { parseLogCheckpoint, originOf, type LogCheckpoint } from '../note/log-checkpoint.js';
import { noteFileEntry, parseNoteFile } from '../note/note-file.js';
import { parseNote } from '../note/signed-note.js';
import { openRegularSync, readExactly } from '../read/regular-file-sync.js';
import { SegmentFault } from './segment-fault.js';

const FILE = 'epochs.notes';
const APPENDING = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
/** A statement has some 500 bytes. */
const WINDOW = 64 * 1024;
/** A crash leaves a part of one. */
const MAX_UNFINISHED = 4096;

/** The file of the statements that ended an epoch each. Only the last one is read: verifying reads them all. */
export class EpochStatements {
  readonly #path: string;
  readonly #fd: number;
  #size: number;
  #last: LogCheckpoint | undefined;
  /** Whether what an attempt has written may still stand behind the last statement. */
  #hasRest = false;

  /**
   * Opens the file, and takes off a statement that a crash cut short.
   *
   * @throws AuditError `AUDIT_LOG_DAMAGED` when it ends with more than that, or is no file
   */
  constructor(folder: string, stream: string) {
    this.#path = join(folder, FILE);
    const fd = openRegularSync(this.#path, APPENDING);
    if (typeof fd === 'string') throw damaged(folder, `${FILE} is no regular file`);
    this.#fd = fd;
    const { size } = fstatSync(this.#fd);
    const start = Math.max(0, size - WINDOW);
    const found = lastStatement(readExactly(this.#fd, start, size - start), stream);
    this.#last = found?.statement;
    this.#size = start + (found?.end ?? 0);
    if (size - this.#size > MAX_UNFINISHED) {
      this.close();
      throw damaged(folder, `${FILE} does not end with a statement`);
    }
    // Also where nothing is cut: a process that was killed may have written the last one, and keys are
    // destroyed for it.
    this.#cut();
  }

  /** The statement that ended the epoch before this one. */
  get last(): LogCheckpoint | undefined {
    return this.#last;
  }

  /** How many epochs have ended. */
  get count(): number {
    return this.#last ? this.#last.epoch + 1 : 0;
  }

  /**
   * Appends a statement and returns when the disk has it.
   *
   * @throws SegmentFault when somebody removed, replaced or cut the file: what it says elsewhere is lost
   */
  append(note: string, statement: LogCheckpoint): void {
    const bytes = Buffer.from(noteFileEntry(note), 'utf8');
    this.#assertInPlace();
    if (this.#hasRest || fstatSync(this.#fd).size > this.#size) this.#cut();
    this.#hasRest = true;
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(this.#fd, bytes, written);
      }
      fdatasyncSync(this.#fd);
      this.#assertInPlace();
    } catch (error) {
      this.#cut();
      throw error;
    }
    this.#hasRest = false;
    this.#size += bytes.length;
    this.#last = statement;
  }

  /**
   * Takes off a statement whose attempt failed. As long as that cannot be done, it may be what the disk has, and
   * its epoch must not sign anything else.
   */
  takeBack(): void {
    if (this.#hasRest) this.#cut();
  }

  close(): void {
    closeSync(this.#fd);
  }

  #assertInPlace(): void {
    const ours = fstatSync(this.#fd);
    const there = statSync(this.#path, { throwIfNoEntry: false });
    if (!there) throw new SegmentFault('removed');
    if (there.ino !== ours.ino || there.dev !== ours.dev) throw new SegmentFault('replaced');
    if (ours.size < this.#size) throw new SegmentFault('cut');
  }

  #cut(): void {
    if (fstatSync(this.#fd).size > this.#size) ftruncateSync(this.#fd, this.#size);
    fdatasyncSync(this.#fd);
    this.#hasRest = false;
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
