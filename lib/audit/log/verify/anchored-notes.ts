import { parseLogCheckpoint, type LogCheckpoint } from '../note/log-checkpoint.js';
import { parseNote } from '../note/signed-note.js';
import type { PlacedEntry } from '../read/note-batches.js';
import { epochFault } from './epoch-fault.js';
import type { VerifiedEpochs } from './verify-epochs.js';
import type { NoteToVerify } from './verify-notes.js';
import type { ProblemKind } from './verify-report.js';

/** A checkpoint that is kept elsewhere, with whoever has to have signed it. */
export interface AnchoredNote extends NoteToVerify {
  readonly checkpoint: LogCheckpoint;
  readonly offset: number;
}

/** What is wrong with an anchored note. */
export interface AnchorFault {
  readonly kind: ProblemKind;
  readonly message: string;
  readonly offset: number;
}

/** Anchored notes that say something about a log with these epochs, or what is wrong with them, in their order. */
export function readAnchored(
  stream: string,
  entries: readonly PlacedEntry[],
  epochs: VerifiedEpochs,
  hasRecovery: boolean,
): readonly (AnchoredNote | AnchorFault)[] {
  return entries.flatMap((each) => readNote(stream, each, epochs, hasRecovery) ?? []);
}

function readNote(
  stream: string,
  { note = '', offset }: PlacedEntry,
  { ledger, isWhole }: VerifiedEpochs,
  hasRecovery: boolean,
): AnchoredNote | AnchorFault | undefined {
  const checkpoint = parseLogCheckpoint(parseNote(note)?.text ?? '');
  const fault = (kind: ProblemKind, message: string): AnchorFault => ({ kind, message, offset });
  if (checkpoint?.stream !== stream)
    return fault('anchor-invalid', 'it is no checkpoint of this stream');
  const { epoch, next, reseed } = checkpoint;
  // Which keys came later is not known where a statement does not hold, which is reported.
  if (epoch > ledger.count) {
    const message = `it is of epoch ${epoch}, and the log knows no end of epoch ${ledger.count}`;
    return isWhole ? fault('anchor-ahead', message) : undefined;
  }
  const misfit = epochFault(checkpoint, ledger);
  if (misfit !== undefined) return fault('anchor-invalid', misfit);
  // Who has kept the end of an epoch that the log does not know has seen a later state of the log.
  if ((next || reseed) && epoch === ledger.count) {
    const message = `it ends epoch ${epoch}, and the log knows no end of it`;
    return isWhole ? fault('anchor-ahead', message) : undefined;
  }
  // Nobody is known who could have signed it.
  if (reseed && !hasRecovery) return undefined;
  const signer = reseed ? 'recovery' : { epoch, key: ledger.keyOf(epoch) };
  return { note, signer, checkpoint, offset };
}
