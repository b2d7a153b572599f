import type { EncryptionService } from '../encryption.service.js';
import { renewValue } from './renew-value.js';
import type { RotationFailureReason } from './rotation-report.js';
import type { RotationChange, RotationRow, RotationSource } from './rotation-source.js';
import type { RotationTally } from './rotation-tally.js';

/** After so many lost races a row is left alone. */
const ATTEMPTS = 5;

/** What it takes to settle the rows of a run. */
export interface Settling {
  readonly encryption: Pick<EncryptionService, 'decryptDetailed' | 'rotate'>;
  readonly source: RotationSource;
  readonly dryRun: boolean;
  readonly failFast: boolean;
  readonly tally: RotationTally;
}

/**
 * Brings rows to their end: a new value in the place of the old one, or the reason why not. A value that
 * somebody else changed meanwhile is read anew and judged again. Failing fast, it begins no further row.
 *
 * @throws whatever the source throws
 */
export async function settleChunk(
  chunk: readonly RotationRow[],
  settling: Settling,
): Promise<void> {
  const { source, tally } = settling;
  let changes = changesOf(chunk, settling);
  for (let attempt = 1; changes.length > 0; attempt += 1) {
    const lost = await lostRaces(source, changes);
    for (const { row } of changes) {
      if (lost.includes(row)) tally.loseRace();
      else tally.settle(row.cursor, { end: 'rotated' });
    }
    if (attempt === ATTEMPTS) return lost.forEach((row) => fail(row, 'changed-too-often', tally));
    changes = changesOf(await rereadAll(source, lost, tally), settling);
  }
}

/** Judges rows. Those that need no new value are settled; in a dry run all of them. */
function changesOf(
  rows: readonly RotationRow[],
  { encryption, dryRun, failFast, tally }: Settling,
): RotationChange[] {
  const changes: RotationChange[] = [];
  for (const row of rows) {
    if (failFast && tally.hasFailed) break;
    const renewal = row.value === null ? { state: 'empty' as const } : renewValue(encryption, row);
    if (renewal.state === 'refused') fail(row, renewal.reason, tally);
    else if (renewal.state !== 'renewed') tally.settle(row.cursor, { end: renewal.state });
    else if (dryRun) tally.settle(row.cursor, { end: 'rotated' });
    else changes.push({ row, oldValue: renewal.oldValue, newValue: renewal.newValue });
  }
  return changes;
}

/** Swaps, and tells of which rows somebody else was faster. */
async function lostRaces(
  source: RotationSource,
  changes: readonly RotationChange[],
): Promise<readonly RotationRow[]> {
  const answers = source.swapMany
    ? await source.swapMany(changes)
    : await Promise.all(
        changes.map(({ row, oldValue, newValue }) => source.swap(row, oldValue, newValue)),
      );
  return changes.flatMap(({ row }, index) => {
    const isSwapped: unknown = answers[index];
    if (typeof isSwapped !== 'boolean') throw new TypeError('a swap must answer true or false');
    return isSwapped ? [] : row;
  });
}

/** Reads rows anew; those that are gone are settled. */
async function rereadAll(
  source: RotationSource,
  rows: readonly RotationRow[],
  tally: RotationTally,
): Promise<readonly RotationRow[]> {
  const current: RotationRow[] = [];
  for (const row of rows) {
    const now = await source.reread(row);
    if (now) current.push(now);
    else tally.settle(row.cursor, { end: 'empty' });
  }
  return current;
}

function fail({ cursor }: RotationRow, reason: RotationFailureReason, tally: RotationTally): void {
  tally.settle(cursor, { end: 'failed', reason });
}
