import { counted } from '../../../common/counted.js';
import type { LogCheckpoint } from '../note/log-checkpoint.js';
import type { EpochLedger } from './epoch-ledger.js';

/**
 * What keeps a checkpoint from being one of its epoch. Who has signed it is another matter: whoever got hold of the
 * key of an epoch that has ended can sign any size, and any other end of it.
 *
 * @param checkpoint of an epoch up to the current one
 * @returns nothing when it may be one; of the current epoch that is so, too, when it says that the epoch has ended
 */
export function epochFault(
  { epoch, size, next, reseed }: LogCheckpoint,
  ledger: EpochLedger,
): string | undefined {
  if (!ledger.isWithin(epoch, size))
    return `epoch ${epoch} cannot have covered ${counted(size, 'record')}`;
  const nextKey = next ?? reseed;
  if (!nextKey || epoch === ledger.count || ledger.hasEnded(epoch, size, nextKey)) return undefined;
  return `it ends epoch ${epoch} otherwise than the log does`;
}

/** Whether a checkpoint of an epoch up to the current one is one of it. The end of the current one is not known. */
export function isOfItsEpoch(checkpoint: LogCheckpoint, ledger: EpochLedger): boolean {
  const { epoch, next, reseed } = checkpoint;
  const isUnknownEnd = epoch === ledger.count && (next ?? reseed) !== undefined;
  return !isUnknownEnd && epochFault(checkpoint, ledger) === undefined;
}
