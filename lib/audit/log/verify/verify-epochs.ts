import { EpochLedger } from './epoch-ledger.js';
import { statementBatches, type EpochStatement, type StatementBatch } from './epoch-statements.js';
import type { Findings } from './findings.js';
import { inOrder } from './in-order.js';
import { noteBatches } from '../read/note-batches.js';
import type { RootClaims } from './root-claims.js';
import type { NoteFileFacts } from './snapshot.js';
import type { StreamContext, VerifyNotes } from './stream-context.js';

/** The epochs that hold, and whether those are all. */
export interface VerifiedEpochs {
  readonly ledger: EpochLedger;
  /** False when a statement is damaged, missing or not signed, or of an export: which keys came later is not known. */
  readonly isWhole: boolean;
}

/** Where what is found goes. */
interface Sinks {
  readonly claims: RootClaims;
  readonly findings: Findings;
}

/** Follows the statements of a stream: each ends an epoch, is signed by the key of it, and names the next one. */
export class EpochVerification {
  readonly #context: StreamContext;
  readonly #file: NoteFileFacts;
  readonly #verifyNotes: VerifyNotes;
  readonly #sinks: Sinks;

  constructor(context: StreamContext, file: NoteFileFacts, verifyNotes: VerifyNotes, sinks: Sinks) {
    this.#context = context;
    this.#file = file;
    this.#verifyNotes = verifyNotes;
    this.#sinks = sinks;
  }

  /**
   * @param firstKey the public key of epoch 0
   * @throws AuditError `AUDIT_LOG_UNREADABLE`
   */
  async run(firstKey: Buffer): Promise<VerifiedEpochs> {
    const { stream, runner, signal } = this.#context;
    const { path, size, name: file } = this.#file;
    const ledger = new EpochLedger(firstKey);
    if (size === 'irregular') {
      this.#sinks.findings.add('file-irregular', 'it is no regular file', { seq: 0, file });
      return { ledger, isWhole: false };
    }
    if (size === 'missing') return { ledger, isWhole: true };
    const batches = statementBatches(stream, firstKey, noteBatches(path, size));
    const work = (batch: StatementBatch): Promise<number> => this.#countSigned(batch.statements);
    for await (const [batch, signed] of inOrder(batches, runner.width, work)) {
      signal?.throwIfAborted();
      this.#take(batch.statements.slice(0, signed), ledger);
      if (this.#reportFault(batch, signed, ledger)) return { ledger, isWhole: false };
    }
    return { ledger, isWhole: true };
  }

  /** How many statements are signed, up to the first that is not. */
  async #countSigned(statements: readonly EpochStatement[]): Promise<number> {
    const verdicts = await this.#verifyNotes(
      statements.map(({ note, signer }) => ({ note, signer })),
    );
    const isTaken = (index: number): boolean =>
      verdicts[index]?.isSigned === true || this.#isUntrustedReseed(statements[index]);
    const first = statements.findIndex((_, index) => !isTaken(index));
    return first === -1 ? statements.length : first;
  }

  #take(statements: readonly EpochStatement[], ledger: EpochLedger): void {
    const { claims, findings } = this.#sinks;
    const file = this.#file.name;
    for (const statement of statements) {
      const { checkpoint, nextKey, offset } = statement;
      if (this.#isUntrustedReseed(statement)) {
        const message = `the key of epoch ${checkpoint.epoch} was replaced, and no recovery key is trusted that could tell by whom`;
        findings.add('reseed-untrusted', message, { seq: checkpoint.size, file, offset });
      }
      claims.add(checkpoint.size, checkpoint.root, { file, offset });
      ledger.end(checkpoint.size, nextKey);
    }
  }

  #reportFault(batch: StatementBatch, signed: number, ledger: EpochLedger): boolean {
    const { findings } = this.#sinks;
    const place = { seq: ledger.lastEnd, file: this.#file.name };
    const unsigned = batch.statements[signed];
    if (unsigned) {
      const message = `the statement that ends epoch ${ledger.count} is not signed as it has to be`;
      findings.add('epoch-invalid', message, { ...place, offset: unsigned.offset });
    } else if (batch.fault) {
      const { kind, message, offset } = batch.fault;
      findings.add(kind, message, { ...place, offset });
    } else if (batch.unfinished !== undefined) {
      const message = 'the last statement was not written to its end';
      findings.add('epoch-unfinished', message, { ...place, offset: batch.unfinished });
    }
    return unsigned !== undefined || batch.fault !== undefined;
  }

  #isUntrustedReseed(statement: EpochStatement | undefined): boolean {
    return statement?.signer === 'recovery' && !this.#context.recovery;
  }
}
