import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '../../common/system-error-code.js';
import { AuditError } from '../../errors/audit.error.js';
import { makeFolderDurably, syncFolder } from '../../keyring/durable-file.js';
import { noteFileEntry, parseNoteFile } from '../log/note/note-file.js';
import { NO_LINK_NO_WAIT } from '../log/read/regular-file.js';

/** Whoever holds the folder could have a link lead to any file of the application. */
const READING = constants.O_RDONLY | NO_LINK_NO_WAIT;
const APPENDING = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | NO_LINK_NO_WAIT;
const LINK: readonly string[] = ['ELOOP', 'EMLINK'];
/** Room for two of the longest notes, of which the last may be torn, and more. */
const WINDOW_BYTES = 256 * 1024;
const BLANK_LINE = '\n\n';
/** How a line of a signature begins. */
const SIGNATURE = '— ';

/** The end of a note file. */
interface JournalEnd {
  /** The last whole note. */
  readonly newest: string | undefined;
  /** Where it ends, in bytes. */
  readonly end: number;
  /** What a crash has left behind it. */
  readonly torn: Buffer;
}

/** A file to which signed notes are appended. Only its end is ever read, however long it has become. */
export class NoteJournal {
  readonly #path: string;

  /** @param path made with mode 0600, in a folder that is made with mode 0700 */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The last whole note; `undefined` when there is none.
   *
   * @throws AuditError `AUDIT_LOG_DAMAGED` when something else stands where notes should
   */
  async newest(): Promise<string | undefined> {
    try {
      return await this.#opened(READING, async (handle) => {
        const { newest } = await readEnd(handle, this.#path);
        return newest;
      });
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /**
   * Appends a note and waits until the disk has it. A note that a crash has torn is moved into a file of its own.
   *
   * @throws AuditError `AUDIT_LOG_DAMAGED` when something else stands where notes should, or cannot be cut off
   */
  async append(note: string): Promise<void> {
    const folder = dirname(this.#path);
    await stat(folder).catch(() => makeFolderDurably(folder));
    await this.#opened(APPENDING, async (handle) => {
      const { end, torn } = await readEnd(handle, this.#path);
      if (torn.length > 0) await this.#setAside(handle, end, torn);
      await handle.appendFile(noteFileEntry(note), 'utf8');
      await handle.datasync();
      if (end === 0) await syncFolder(folder);
    });
  }

  async #setAside(handle: FileHandle, end: number, torn: Buffer): Promise<void> {
    const sha256 = createHash('sha256').update(torn).digest('hex');
    const aside = `${this.#path}.torn-${end}-${sha256.slice(0, 16)}.bin`;
    // What has that name may be half of the same, of an earlier try, or a link.
    await rm(aside, { force: true });
    await writeFile(aside, torn, { flag: 'wx', mode: 0o600, flush: true });
    await syncFolder(dirname(this.#path));
    try {
      await handle.truncate(end);
    } catch (cause) {
      throw uncut(this.#path, cause);
    }
  }

  async #opened<T>(flags: number, use: (handle: FileHandle) => Promise<T>): Promise<T> {
    const handle = await open(this.#path, flags, 0o600).catch((error: unknown) => {
      throw LINK.includes(systemErrorCode(error)) ? damaged(this.#path) : error;
    });
    try {
      if (!(await handle.stat()).isFile()) throw damaged(this.#path);
      return await use(handle);
    } finally {
      await handle.close();
    }
  }
}

async function readEnd(handle: FileHandle, path: string): Promise<JournalEnd> {
  const { size } = await handle.stat();
  const start = Math.max(0, size - WINDOW_BYTES);
  const window = Buffer.alloc(size - start);
  const { bytesRead } = await handle.read(window, 0, window.length, start);
  const first = start === 0 ? 0 : firstNoteIn(window);
  const bytes = window.subarray(first, bytesRead);
  const { notes, end, isDamaged } = parseNoteFile(bytes);
  const newest = notes.at(-1);
  if (isDamaged || (start > 0 && newest === undefined)) throw damaged(path);
  return { newest, end: start + first + end, torn: bytes.subarray(end) };
}

/** Where, behind the rest of another one, a note begins. */
function firstNoteIn(window: Buffer): number {
  const block = behindBlankLine(window, 0);
  const isSignatures = window.toString('utf8', block, block + 4) === SIGNATURE;
  return isSignatures ? behindBlankLine(window, block) : block;
}

function behindBlankLine(window: Buffer, from: number): number {
  const at = window.indexOf(BLANK_LINE, from);
  return at === -1 ? window.length : at + BLANK_LINE.length;
}

function damaged(path: string): AuditError {
  return new AuditError(
    'AUDIT_LOG_DAMAGED',
    `${path} holds something that is no signed note: keep it as evidence, and begin another file`,
  );
}

function uncut(path: string, cause: unknown): AuditError {
  return new AuditError(
    'AUDIT_LOG_DAMAGED',
    `the last note of ${path} is torn and cannot be cut off (${systemErrorCode(cause)}): keep the file as evidence, and begin another one`,
    { cause },
  );
}
