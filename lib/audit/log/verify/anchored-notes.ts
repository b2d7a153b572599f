import { parseLogCheckpoint, type LogCheckpoint } from '../note/log-checkpoint.js';
import { parseNote } from '../note/signed-note.js';
import type { PlacedNote } from '../read/note-batches.js';
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

/** The notes before the first that cannot belong to a log with these epochs, and what is wrong with that one. */
export function readAnchored(
  stream: string,
  placed: readonly PlacedNote[],
  { ledger, isWhole }: VerifiedEpochs,
  hasRecovery: boolean,
): { readonly notes: readonly AnchoredNote[]; readonly fault?: AnchorFault } {
  const notes: AnchoredNote[] = [];
  for (const { note, offset } of placed) {
    const checkpoint = parseLogCheckpoint(parseNote(note)?.text ?? '');
    const invalid = (message: string): { notes: AnchoredNote[]; fault: AnchorFault } => ({
      notes,
      fault: { kind: 'anchor-invalid', message, offset },
    });
    if (checkpoint?.stream !== stream) return invalid('it is no checkpoint of this stream');
    const { epoch, reseed } = checkpoint;
    if (epoch > ledger.count) {
      // Which keys came later is not known where a statement does not hold, which is reported.
      if (!isWhole) continue;
      const message = `it is of epoch ${epoch}, and the log knows no end of epoch ${ledger.count}`;
      return { notes, fault: { kind: 'anchor-ahead', message, offset } };
    }
    // Who has kept the end of an epoch that the log does not know has seen a later state of the log.
    if ((checkpoint.next || reseed) && epoch === ledger.count) {
      if (!isWhole) continue;
      const message = `it ends epoch ${epoch}, and the log knows no end of it`;
      return { notes, fault: { kind: 'anchor-ahead', message, offset } };
    }
    const misfit = epochFault(checkpoint, ledger);
    if (misfit !== undefined) return invalid(misfit);
    // Nobody is known who could have signed it.
    if (reseed && !hasRecovery) continue;
    notes.push({
      note,
      signer: reseed ? 'recovery' : { epoch, key: ledger.keyOf(epoch) },
      checkpoint,
      offset,
    });
  }
  return { notes };
}
