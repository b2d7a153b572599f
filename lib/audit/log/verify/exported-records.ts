import { isUtf8 } from 'node:buffer';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { counted } from '../../../common/counted.js';
import { leafHash } from '../leaf-hash.js';
import { verifyInclusion } from '../merkle/inclusion-proof.js';
import { parseLogCheckpoint, type LogCheckpoint } from '../note/log-checkpoint.js';
import { parseNote } from '../note/signed-note.js';
import { parseTlogProof, type TlogProof } from '../note/tlog-proof.js';
import { EXPORTED_RECORDS_FILE, PROOFS_FOLDER } from '../read/export-stream.js';
import { recordPlace, recordTime, type RecordPlace } from '../read/record-place.js';
import { readRegular } from '../read/regular-file.js';
import { linesOf, type PlacedLine } from '../read/segment-lines.js';
import type { Findings } from './findings.js';
import { isOfItsEpoch } from './epoch-fault.js';
import { proofsWithoutRecord } from './proofs-without-record.js';
import { isRecordLine } from './record-line.js';
import type { RootClaims } from './root-claims.js';
import type { StreamContext, VerifyNotes } from './stream-context.js';
import type { VerifiedEpochs } from './verify-epochs.js';
import type { ProblemKind } from './verify-report.js';

/** What is needed to verify the records of an export. */
export interface ExportKnowledge {
  readonly epochs: VerifiedEpochs;
  readonly verifyNotes: VerifyNotes;
  /** The roots that are kept elsewhere. */
  readonly anchored: RootClaims;
  readonly findings: Findings;
}

interface Taken extends RecordPlace {
  readonly offset: number;
  readonly leaf: string;
  readonly isProven: boolean;
}

interface ProvenCheckpoint {
  readonly note: string;
  /** Nothing when it is not signed as it has to be. */
  readonly checkpoint?: LogCheckpoint;
  readonly isAnchored: boolean;
}

const MAX_PROOF_BYTES = 256 * 1024;

/** Verifies the records of a stream in an export, each by its proof. */
export class ExportedRecords {
  readonly #context: StreamContext;
  readonly #knowledge: ExportKnowledge;
  /** Most proofs lead to the same checkpoint. */
  #proven: ProvenCheckpoint = { note: '', isAnchored: false };
  #counts = { proven: 0, anchored: 0 };
  readonly #seqs = new Set<number>();
  #last: Taken | undefined;
  #lastTime = '';

  constructor(context: StreamContext, knowledge: ExportKnowledge) {
    this.#context = context;
    this.#knowledge = knowledge;
  }

  /** How many records hold, and how many of them by a checkpoint that is kept elsewhere. */
  get counts(): { readonly proven: number; readonly anchored: number } {
    return this.#counts;
  }

  get lastTime(): string {
    return this.#lastTime;
  }

  /** @throws AuditError `AUDIT_LOG_UNREADABLE` */
  async run(folder: string): Promise<void> {
    const path = join(folder, EXPORTED_RECORDS_FILE);
    const facts = await lstat(path).catch(() => undefined);
    if (!facts?.isFile())
      return this.#report('records-missing', 'there is no file of records', 0, 0);
    const { size } = facts;
    const file = { name: EXPORTED_RECORDS_FILE, path, first: 0, size, isRegular: true };
    let end = 0;
    for await (const placed of linesOf(file)) {
      this.#context.signal?.throwIfAborted();
      end = placed.offset + placed.line.length + 1;
      await this.#take(folder, placed);
      this.#context.onRead(placed.line.length + 1, 1);
    }
    if (end < size) this.#reportMalformed(end);
    await this.#judgeProofs(join(folder, PROOFS_FOLDER));
  }

  async #take(folder: string, { line, offset }: PlacedLine): Promise<void> {
    const place = isRecordLine(line) ? recordPlace(line) : undefined;
    if (!place) return this.#reportMalformed(offset);
    const { seq, stream } = place;
    const foreign = 'a record of another stream stands here';
    if (stream !== this.#context.stream)
      return this.#report('record-foreign', foreign, this.#nextSeq, offset);
    this.#seqs.add(seq);
    if (seq < this.#nextSeq)
      return this.#report('record-repeated', 'the record is not in its order', seq, offset);
    const leaf = leafHash(line);
    const time = recordTime(line);
    const isProven = await this.#isProven(folder, place, Buffer.from(leaf, 'hex'));
    const before = this.#last;
    this.#last = { ...place, offset, leaf, isProven };
    if (!isProven) {
      const message = 'no proof leads from the record to what was signed';
      return this.#report('proof-invalid', message, seq, offset);
    }
    if (before) this.#judgeLink(before, place);
    this.#lastTime = time ?? this.#lastTime;
    const { proven, anchored } = this.#counts;
    this.#counts = { proven: proven + 1, anchored: anchored + Number(this.#proven.isAnchored) };
  }

  /** The place behind the last record, which is the first that a bad line may have had. */
  get #nextSeq(): number {
    return this.#last ? this.#last.seq + 1 : 0;
  }

  /** Of two neighbours that both are proven, one was signed in the place of another. */
  #judgeLink({ seq, leaf, isProven, offset }: Taken, next: RecordPlace): void {
    if (!isProven || next.seq !== seq + 1 || next.prev === leaf) return;
    this.#report('record-changed', 'the next record carries the hash of another one', seq, offset);
  }

  async #judgeProofs(folder: string): Promise<void> {
    const found = await proofsWithoutRecord(folder, this.#seqs);
    if (!found) return;
    const { count, least } = found;
    const message = `${counted(count, 'proof')} without a record`;
    const file = `${this.#context.stream}/${PROOFS_FOLDER}/${least}.tlog-proof`;
    this.#knowledge.findings.add('records-missing', message, { seq: least, file, offset: 0 });
  }

  async #isProven(folder: string, { seq }: RecordPlace, leaf: Buffer): Promise<boolean> {
    const path = join(folder, PROOFS_FOLDER, `${seq}.tlog-proof`);
    const bytes = await readRegular(path, MAX_PROOF_BYTES);
    if (typeof bytes === 'string' || !isUtf8(bytes)) return false;
    const proof = parseTlogProof(bytes.toString('utf8'));
    if (proof?.index !== seq) return false;
    const checkpoint = await this.#checkpointOf(proof);
    if (!checkpoint) return false;
    const { size, root } = checkpoint;
    return verifyInclusion({ index: seq, size, leaf, root, proof: proof.hashes });
  }

  async #checkpointOf({ checkpoint: note }: TlogProof): Promise<LogCheckpoint | undefined> {
    if (note !== this.#proven.note) this.#proven = await this.#prove(note);
    return this.#proven.checkpoint;
  }

  async #prove(note: string): Promise<ProvenCheckpoint> {
    const { epochs, verifyNotes, anchored } = this.#knowledge;
    const checkpoint = parseLogCheckpoint(parseNote(note)?.text ?? '');
    const epoch = checkpoint?.epoch ?? Infinity;
    const isOurs = checkpoint?.stream === this.#context.stream && epoch <= epochs.ledger.count;
    if (!checkpoint || !isOurs || !isOfItsEpoch(checkpoint, epochs.ledger))
      return { note, isAnchored: false };
    const signer = { epoch, key: epochs.ledger.keyOf(epoch) };
    const [verdict] = await verifyNotes([{ note, signer }]);
    if (!verdict?.isSigned) return { note, isAnchored: false };
    const elsewhere = anchored.compare(checkpoint.size, checkpoint.root);
    // Two roots for one size: one of them is of another log.
    if (elsewhere === 'other') return { note, isAnchored: false };
    const isAnchored = elsewhere === 'same' || verdict.witnessedAt !== undefined;
    return { note, checkpoint, isAnchored };
  }

  #reportMalformed(offset: number): void {
    this.#report('record-malformed', 'what stands here is no record', this.#nextSeq, offset);
  }

  #report(kind: ProblemKind, message: string, seq: number, offset: number): void {
    const file = `${this.#context.stream}/${EXPORTED_RECORDS_FILE}`;
    this.#knowledge.findings.add(kind, message, { seq, file, offset });
  }
}
