import type { EncryptionService } from '../encryption.service.js';
import { renewValue } from './renew-value.js';
import type { RotationRow, RotationSource } from './rotation-source.js';
import type { RotationTally, RowOutcome } from './rotation-tally.js';

/** After so many lost races a row is left alone. */
const ATTEMPTS = 5;

/** What it takes to settle the rows of a run. */
export interface Settling {
  readonly encryption: Pick<EncryptionService, 'decryptDetailed' | 'rotate'>;
  readonly source: RotationSource;
  readonly dryRun: boolean;
  readonly tally: RotationTally;
}

/**
 * Brings a row to its end: a new value in the place of the old one, or the reason why not. A value that
 * somebody else changed meanwhile is read anew and judged again.
 *
 * @throws whatever the source throws
 */
export async function settleRow(row: RotationRow, settling: Settling): Promise<RowOutcome> {
  const { encryption, source, dryRun, tally } = settling;
  let current: RotationRow | undefined = row;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (current === undefined || current.value === null) return { end: 'empty' };
    const renewal = renewValue(encryption, current);
    if (renewal.state === 'current') return { end: 'alreadyCurrent' };
    if (renewal.state === 'refused') return { end: 'failed', reason: renewal.reason };
    if (dryRun) return { end: 'rotated' };
    const isSwapped: unknown = await source.swap(current, renewal.oldValue, renewal.newValue);
    if (typeof isSwapped !== 'boolean') throw new TypeError('swap must answer true or false');
    if (isSwapped) return { end: 'rotated' };
    tally.loseRace();
    current = await source.reread(current);
  }
  return { end: 'failed', reason: 'changed-too-often' };
}
