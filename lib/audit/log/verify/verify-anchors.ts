import { readAnchored, type AnchoredNote, type AnchorFault } from './anchored-notes.js';
import type { Findings } from './findings.js';
import { entryBatches } from '../read/note-batches.js';
import type { ClaimSource, RootClaims } from './root-claims.js';
import type { NoteFileFacts } from './snapshot.js';
import type { StreamContext, VerifyNotes } from './stream-context.js';
import type { VerifiedEpochs } from './verify-epochs.js';
import type { NoteVerdict } from './verify-notes.js';
import type { ProblemKind } from './verify-report.js';

/** By what a note is kept elsewhere: its folder, or the signature of a witness. */
export type AnchorRule = 'directory' | 'witness';

/** What one file of checkpoints proves. */
export interface AnchorFile {
  /** How it is called in a report. */
  readonly file: string;
  readonly rule: AnchorRule;
  /** Whether it has nothing that counts, and nothing that is reported. */
  readonly isEmpty: boolean;
  /** Whether it has a checkpoint that counts. */
  readonly hasCheckpoint: boolean;
  /** How many records the largest of its checkpoints covers. */
  readonly size: number;
  /** When the newest of them was made, in milliseconds. */
  readonly time?: number;
}

/** What checkpoints that are kept elsewhere prove. */
export interface AnchorFacts {
  readonly files: readonly AnchorFile[];
  /** How many records the largest of them covers, … */
  readonly size: number;
  /** … and where that is. */
  readonly source?: ClaimSource;
  /** When the newest of them was made, in milliseconds. */
  readonly time?: number;
}

/** Clocks differ a little; a time further ahead would make an old anchor look fresh for ever. */
const CLOCK_SKEW_MS = 60_000;

/** Verifies the checkpoints that are kept elsewhere, or that witnesses elsewhere have signed. */
export class AnchorVerification {
  readonly #context: StreamContext;
  readonly #epochs: VerifiedEpochs;
  readonly #verifyNotes: VerifyNotes;
  readonly #sinks: { readonly claims: RootClaims; readonly findings: Findings };
  #facts: Omit<AnchorFacts, 'files'> = { size: 0 };
  readonly #files: AnchorFile[] = [];

  constructor(
    context: StreamContext,
    epochs: VerifiedEpochs,
    verifyNotes: VerifyNotes,
    sinks: { readonly claims: RootClaims; readonly findings: Findings },
  ) {
    this.#context = context;
    this.#epochs = epochs;
    this.#verifyNotes = verifyNotes;
    this.#sinks = sinks;
  }

  get facts(): AnchorFacts {
    return { ...this.#facts, files: this.#files };
  }

  /**
   * Takes the notes of a file. Each that does not hold is reported, since one behind it may show an earlier
   * record to be wrong; what cannot be read ends the file.
   *
   * @throws AuditError `AUDIT_LOG_UNREADABLE`
   */
  async take({ path, name: file, size }: NoteFileFacts, rule: AnchorRule): Promise<void> {
    this.#files.push({ file, rule, isEmpty: true, hasCheckpoint: false, size: 0 });
    if (size === 'missing') return;
    if (size === 'irregular')
      return this.#report('file-irregular', 'it is no regular file', file, 0);
    const { stream, recovery, signal } = this.#context;
    for await (const { entries, unreadable } of entryBatches(path, size)) {
      signal?.throwIfAborted();
      const read = readAnchored(stream, entries, this.#epochs, recovery !== undefined);
      await this.#takeRead(read, file, rule);
      // Nobody knows that it is nothing: what cannot be judged as long as keys are not known, and what is reported.
      const isUnknown = entries.length > 0 && !this.#epochs.isWhole;
      if (isUnknown || unreadable !== undefined) this.#noteOfFile({});
      if (unreadable !== undefined)
        return this.#report('anchor-invalid', 'it holds what is no note', file, unreadable);
    }
  }

  async #takeRead(
    read: readonly (AnchoredNote | AnchorFault)[],
    file: string,
    rule: AnchorRule,
  ): Promise<void> {
    const notes = read.flatMap((each) => ('kind' in each ? [] : [each]));
    const verdicts = await this.#verifyNotes(notes.map(({ note, signer }) => ({ note, signer })));
    const verdictOf = new Map(notes.map((note, index) => [note, verdicts[index]]));
    for (const each of read) {
      if ('kind' in each) {
        this.#noteOfFile({});
        this.#report(each.kind, each.message, file, each.offset);
        continue;
      }
      const verdict = verdictOf.get(each);
      if (verdict?.isSigned) this.#takeNote(each, verdict, file, rule);
      else {
        this.#noteOfFile({});
        const message = 'it is not signed by the key of its epoch';
        this.#report('anchor-invalid', message, file, each.offset);
      }
    }
  }

  #takeNote(
    { checkpoint, offset }: AnchoredNote,
    { witnessedAt }: NoteVerdict,
    file: string,
    rule: AnchorRule,
  ): void {
    this.#sinks.claims.add(checkpoint.size, checkpoint.root, { file, offset });
    // What lies in the log's own folder is an anchor only by the signature of a witness.
    if (rule === 'witness' && witnessedAt === undefined) return;
    const made = rule === 'witness' ? (witnessedAt ?? 0) * 1000 : Date.parse(checkpoint.time);
    const { size, time = -Infinity } = this.#facts;
    const isFuture = made > Math.max(this.#context.asOf, Date.now()) + CLOCK_SKEW_MS;
    this.#facts = {
      ...this.#facts,
      ...(checkpoint.size >= size && { size: checkpoint.size, source: { file, offset } }),
      ...(!isFuture && { time: Math.max(time, made) }),
    };
    this.#noteOfFile({
      hasCheckpoint: true,
      size: checkpoint.size,
      ...(!isFuture && { time: made }),
    });
  }

  /** The file that is being read is not empty: it has this, or what else is told of. */
  #noteOfFile(found: Partial<Pick<AnchorFile, 'hasCheckpoint' | 'size' | 'time'>>): void {
    const last = this.#files.pop();
    if (!last) return;
    const newest = Math.max(last.time ?? -Infinity, found.time ?? -Infinity);
    this.#files.push({
      ...last,
      isEmpty: false,
      hasCheckpoint: last.hasCheckpoint || found.hasCheckpoint === true,
      size: Math.max(last.size, found.size ?? 0),
      ...(newest !== -Infinity && { time: newest }),
    });
  }

  #report(kind: ProblemKind, message: string, file: string, offset: number): void {
    this.#sinks.findings.add(kind, message, { seq: this.#facts.size, file, offset });
  }
}
