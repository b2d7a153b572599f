import { join, resolve } from 'node:path';
import { assertContinues } from './assert-continues.js';
import { AuditAnchor, type AnchoredCheckpoint } from './audit-anchor.js';
import { NoteJournal } from './note-journal.js';

const STREAM_NAME = /^(0|[1-9]\d{0,5})-[0-9a-z]{8}$/;

/**
 * Appends checkpoints to a file `<stream>.notes` in a folder. It protects as well as the folder does: put it on
 * another machine, on a mount that takes new bytes and never changes old ones.
 *
 * @example
 * new DirectoryAuditAnchor('/mnt/write-once/audit-anchor')
 */
export class DirectoryAuditAnchor extends AuditAnchor {
  /** `directory:` and the path of the folder. */
  readonly name: string;
  readonly #folder: string;

  /** @param folder made with mode 0700 when the first checkpoint is published; its files have mode 0600 */
  constructor(folder: string) {
    super();
    this.#folder = resolve(folder);
    this.name = `directory:${this.#folder}`;
  }

  /**
   * Appends a note and waits until the disk has it.
   *
   * @throws AuditError `AUDIT_FORK` for a note that contradicts the newest one: fewer records, an older epoch, or
   * another root for as many records; `AUDIT_LOG_DAMAGED` for a file that holds something else than notes
   */
  override async publish({ stream, note }: AnchoredCheckpoint): Promise<void> {
    const file = this.#fileOf(stream);
    assertContinues(await file.newest(), note, stream);
    await file.append(note);
  }

  /**
   * The newest whole note.
   *
   * @throws AuditError `AUDIT_LOG_DAMAGED` for a file that holds something else than notes
   */
  override async latest(stream: string): Promise<string | undefined> {
    return this.#fileOf(stream).newest();
  }

  #fileOf(stream: string): NoteJournal {
    if (!STREAM_NAME.test(stream)) throw new TypeError('stream must be the name of a stream');
    return new NoteJournal(join(this.#folder, `${stream}.notes`));
  }
}
