import { counted } from '../../common/counted.js';
import { AuditError } from '../../errors/audit.error.js';
import { checkCheckpoint, checkpointOf } from './checkpoint-of.js';

/**
 * Makes sure that a checkpoint does not contradict an older one: not fewer records, not an earlier epoch, and the
 * same root for as many records. For an anchor that holds notes; the signatures are not verified.
 *
 * @param held the newest note that the anchor holds, if any
 * @param next the note that is to be kept
 * @param stream the stream that both must be of
 * @throws AuditError `AUDIT_FORK` when it does, `AUDIT_LOG_DAMAGED` when `held` is no checkpoint of the stream;
 * TypeError when `next` is none
 * @example
 * assertContinues(await this.latest(stream), note, stream);
 */
export function assertContinues(held: string | undefined, next: string, stream: string): void {
  const after = checkCheckpoint(next, stream);
  if (held === undefined) return;
  const before = checkpointOf(held);
  if (before?.stream !== stream) {
    throw new AuditError(
      'AUDIT_LOG_DAMAGED',
      `the anchor holds a note for the stream ${stream} that is no checkpoint of it: keep it as evidence, and begin another anchor`,
    );
  }
  const isOtherTree = after.size === before.size && !after.root.equals(before.root);
  if (after.size >= before.size && after.epoch >= before.epoch && !isOtherTree) return;
  throw new AuditError(
    'AUDIT_FORK',
    `the anchor holds a checkpoint of ${counted(before.size, 'record')} in epoch ${before.epoch}, which one of ${counted(after.size, 'record')} in epoch ${after.epoch} does not continue: the log was changed, or an older one was brought back`,
  );
}
