import { parseLogCheckpoint, type LogCheckpoint } from '../note/log-checkpoint.js';
import { parseNote } from '../note/signed-note.js';
import type { NoteBatch, PlacedNote } from '../read/note-batches.js';
import type { ProblemKind } from './verify-report.js';
import type { NoteToVerify } from './verify-notes.js';

/** A statement that ends an epoch, with whoever has to have signed it. */
export interface EpochStatement extends NoteToVerify {
  readonly checkpoint: LogCheckpoint;
  readonly nextKey: Buffer;
  /** Where it begins in its file. */
  readonly offset: number;
}

/** What is wrong with a statement. */
export interface StatementFault {
  readonly kind: ProblemKind;
  readonly message: string;
  readonly offset: number;
}

/** Some statements that follow each other, and what stands behind them. */
export interface StatementBatch {
  readonly statements: readonly EpochStatement[];
  readonly fault?: StatementFault;
  readonly unfinished?: number;
}

/**
 * Reads statements out of notes: each says which epoch it ends, and the next one's key. Ends at the first that
 * does not continue the others. Nothing is verified.
 *
 * @param firstKey the public key of epoch 0
 */
export async function* statementBatches(
  stream: string,
  firstKey: Buffer,
  batches: AsyncIterable<NoteBatch>,
): AsyncGenerator<StatementBatch> {
  let end: EpochEnd = { epoch: 0, key: firstKey, size: 0 };
  for await (const { notes, damage, unfinished } of batches) {
    const read = readStatements(notes, stream, end);
    const fault =
      read.fault ?? (damage === undefined ? undefined : invalid('it cannot be read', damage));
    const isUnfinished = unfinished !== undefined && !fault;
    yield {
      statements: read.statements,
      ...(fault && { fault }),
      ...(isUnfinished && { unfinished }),
    };
    if (fault) return;
    end = read.end;
  }
}

/**
 * Reads the statements that continue some others, up to the first that does not. Nothing is verified.
 *
 * @param before where the epochs before them ended
 */
export function readStatements(
  notes: readonly PlacedNote[],
  stream: string,
  before: EpochEnd,
): StatementBatch & { readonly end: EpochEnd } {
  const statements: EpochStatement[] = [];
  let end = before;
  for (const placed of notes) {
    const read = readStatement(placed, stream, end);
    if ('kind' in read) return { statements, end, fault: read };
    statements.push(read);
    end = { epoch: end.epoch + 1, key: read.nextKey, size: read.checkpoint.size };
  }
  return { statements, end };
}

/** What the next statement has to continue. */
export interface EpochEnd {
  readonly epoch: number;
  readonly key: Buffer;
  readonly size: number;
}

function readStatement(
  { note, offset }: PlacedNote,
  stream: string,
  { epoch, key, size }: EpochEnd,
): EpochStatement | StatementFault {
  const checkpoint = parseLogCheckpoint(parseNote(note)?.text ?? '');
  const nextKey = checkpoint?.next ?? checkpoint?.reseed;
  if (!checkpoint || !nextKey || checkpoint.stream !== stream)
    return invalid('it is no statement of this stream', offset);
  if (checkpoint.epoch > epoch) {
    return {
      kind: 'epoch-missing',
      message: `the statement that ends epoch ${epoch} is missing`,
      offset,
    };
  }
  if (checkpoint.epoch < epoch) return invalid('it ends an epoch that had ended before', offset);
  if (checkpoint.size < size) return invalid('it covers fewer records than the one before', offset);
  const signer = checkpoint.reseed ? 'recovery' : { epoch, key };
  return { note, signer, checkpoint, nextKey, offset };
}

function invalid(message: string, offset: number): StatementFault {
  return { kind: 'epoch-invalid', message, offset };
}
