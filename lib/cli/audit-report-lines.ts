import type {
  StreamReport,
  VerifyProblem,
  VerifyReport,
} from '../audit/log/verify/verify-report.js';
import { counted } from '../common/counted.js';
import { harmless } from './terminal.js';

/** The report of a verification that came to no end, as JSON. */
export function unknownReport(message: string): string {
  return JSON.stringify({ status: 'unknown', message });
}

/** What a verification found, in lines for people. */
export function auditReportLines(
  { status, firstBadSeq, streams }: VerifyReport,
  what: 'log' | 'export',
): string[] {
  const first = firstBadSeq === undefined ? '' : `, first bad record: ${firstBadSeq}`;
  return [
    ...(streams.length === 0 ? ['There is no stream in this folder.'] : []),
    ...streams.flatMap((stream) => streamLines(stream, what)),
    `${status.toUpperCase()}${first}`,
  ];
}

function streamLines(stream: StreamReport, what: 'log' | 'export'): string[] {
  const { records, signed, anchored, epochs, closed, lastTime } = stream;
  const last = lastTime === undefined ? '' : `, last at ${harmless(lastTime)}`;
  const ending = closed ? ', closed' : '';
  return [
    `${stream.stream}: ${stream.status}`,
    what === 'export'
      ? `  ${counted(records, 'record')} proven, ${anchored} of them by a checkpoint that is kept elsewhere`
      : `  ${counted(records, 'record')} chained, ${signed} signed, ${anchored} anchored; ${counted(epochs, 'epoch')} ended${ending}${last}`,
    ...stream.problems.map(problemLine),
    ...staleLines(stream),
  ];
}

/** Anchors that have stopped, as long as another one is fresh: something to repair, and no problem of the log. */
function staleLines({ anchors, problems }: StreamReport): string[] {
  if (problems.some(({ kind }) => kind === 'anchor-stale')) return [];
  const stale = anchors.filter(({ isStale }) => isStale);
  return stale.map(({ file, size, time = 'a time in the future' }) => {
    const newest = `its newest checkpoint, of ${counted(size, 'record')}, is of ${time}`;
    return `  note: ${harmless(file)} is stale: ${newest}`;
  });
}

function problemLine({ kind, grade, seq, file, offset, message }: VerifyProblem): string {
  const place = [
    ...(seq === undefined ? [] : [`record ${seq}`]),
    ...(file === undefined ? [] : [harmless(file)]),
    ...(offset === undefined ? [] : [`byte ${offset}`]),
  ];
  const where = place.length === 0 ? '' : ` (${place.join(', ')})`;
  return `  ${grade}: ${kind}${where}: ${harmless(message)}`;
}
