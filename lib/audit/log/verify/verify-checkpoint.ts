import { parseLogCheckpoint, type LogCheckpoint } from '../note/log-checkpoint.js';
import { parseNote } from '../note/signed-note.js';
import { epochFault } from './epoch-fault.js';
import type { Findings } from './findings.js';
import type { RootClaims } from './root-claims.js';
import { CHECKPOINT_FILE, type Snapshot } from './snapshot.js';
import type { VerifyNotes } from './stream-context.js';
import type { ProblemKind } from './verify-report.js';
import type { VerifiedEpochs } from './verify-epochs.js';

/**
 * Verifies the newest checkpoint of a stream.
 *
 * @returns nothing when there is none that holds
 */
export async function verifyCheckpoint(
  stream: string,
  { checkpoint: bytes }: Snapshot,
  epochs: VerifiedEpochs,
  verifyNotes: VerifyNotes,
  { claims, findings }: { claims: RootClaims; findings: Findings },
): Promise<LogCheckpoint | undefined> {
  const source = { file: `${stream}/${CHECKPOINT_FILE}`, offset: 0 };
  const report = (kind: ProblemKind, message: string): undefined => {
    findings.add(kind, message, { seq: epochs.ledger.lastEnd, ...source });
  };
  if (typeof bytes === 'string') return report(...unreadable(bytes));
  const note = bytes.toString('utf8');
  const checkpoint = parseLogCheckpoint(parseNote(bytes)?.text ?? '');
  if (checkpoint?.stream !== stream)
    return report('checkpoint-invalid', 'it is no checkpoint of this stream');
  const fault = faultOf(checkpoint, epochs);
  // A statement before it does not hold, which is reported: whether this one does cannot be said.
  if (fault && !epochs.isWhole) return undefined;
  if (fault) return report(...fault);
  const signer = { epoch: checkpoint.epoch, key: epochs.ledger.keyOf(checkpoint.epoch) };
  const [verdict] = await verifyNotes([{ note, signer }]);
  if (!verdict?.isSigned)
    return report('checkpoint-invalid', 'it is not signed by the key of its epoch');
  claims.add(checkpoint.size, checkpoint.root, source);
  return checkpoint;
}

function unreadable(state: 'missing' | 'irregular' | 'too-large'): [ProblemKind, string] {
  if (state === 'irregular') return ['file-irregular', 'it is no regular file'];
  return state === 'missing'
    ? ['checkpoint-missing', 'there is no checkpoint: nothing says how long the log was']
    : ['checkpoint-invalid', 'it is larger than a note can be'];
}

/** A reader may come between a statement and the next checkpoint; then that of the epoch before is the newest. */
function faultOf(
  checkpoint: LogCheckpoint,
  { ledger }: VerifiedEpochs,
): [ProblemKind, string] | undefined {
  const { epoch, next, reseed } = checkpoint;
  if (epoch > ledger.count)
    return ['epoch-missing', `it is of epoch ${epoch}, and epoch ${ledger.count} has no end`];
  if (epoch < ledger.count - 1)
    return [
      'checkpoint-outdated',
      `it is of epoch ${epoch}, though epoch ${ledger.count} has begun`,
    ];
  // The recovery key signs no more than a statement.
  if (reseed) return ['checkpoint-invalid', 'it replaces a key, which only a statement can do'];
  const misfit = epochFault(checkpoint, ledger);
  if (misfit !== undefined) return ['checkpoint-invalid', misfit];
  return next && epoch === ledger.count
    ? ['epoch-missing', `it ends epoch ${epoch}, of which no statement tells the end`]
    : undefined;
}
