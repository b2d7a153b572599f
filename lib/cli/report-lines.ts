import type { RotationReport } from '../encryption/rotation/rotation-report.js';

/** What a run did and what to do next, in lines for people. */
export function reportLines(report: RotationReport, checkpoint: string | undefined): string[] {
  const { source, scanned, rotated, alreadyCurrent, failedCount, lostRaces, empty } = report;
  const races = lostRaces === 0 ? '' : `, ${lostRaces} changed meanwhile and read anew`;
  const verb = report.dryRun ? 'to rotate' : 'rotated';
  return [
    ...(report.resumedAfter === undefined ? [] : [`Went on after ${shown(report.resumedAfter)}.`]),
    `${shown(source)}: ${scanned} rows, ${rotated} ${verb}, ${alreadyCurrent} already current, ${empty} empty, ${failedCount} failed${races}`,
    ...failureLines(report),
    ...(report.dryRun ? ['Nothing was written.'] : []),
    ...(report.done ? [] : [stopLine(report, checkpoint)]),
  ];
}

function failureLines({ failed, failedCount }: RotationReport): string[] {
  const lines = failed.map(({ cursor, reason }) => `failed: ${shown(cursor)} ${reason}`);
  const others = failedCount - failed.length;
  return others > 0 ? [...lines, `failed: ${others} others`] : lines;
}

function stopLine({ lastCursor, dryRun }: RotationReport, checkpoint: string | undefined): string {
  const place =
    lastCursor === undefined ? 'before the first batch was done' : `after ${shown(lastCursor)}`;
  const next =
    checkpoint === undefined || dryRun
      ? 'Run it again: it begins at the first row and passes over what is done; with --checkpoint it would go on here.'
      : 'Run it again: it goes on here.';
  return `Stopped ${place}. ${next}`;
}

/** A text of the database as JSON, so that no line end or code of it reaches the terminal. */
function shown(text: string): string {
  return JSON.stringify(text);
}
