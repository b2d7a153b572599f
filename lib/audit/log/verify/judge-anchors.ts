import type { Findings } from './findings.js';
import type { NoteFileFacts } from './snapshot.js';
import type { StreamContext } from './stream-context.js';
import type { AnchorFacts, AnchorFile } from './verify-anchors.js';
import type { AnchorReport } from './verify-report.js';

type Limits = Pick<StreamContext, 'asOf' | 'maxAgeMs'>;

/** What is judged, and where the verdict goes. */
interface Judged {
  readonly context: StreamContext;
  readonly anchored: AnchorFacts;
  readonly findings: Findings;
}

/** Whoever has the current key can write the end of the log anew, unless something elsewhere holds it down. */
export function judgeAnchors({ context, anchored, findings }: Judged): void {
  const { files, time, source } = anchored;
  reportEmptyAnchors(files, findings);
  const isWitnessed = files.some(({ rule, isEmpty }) => rule === 'witness' && !isEmpty);
  if (context.anchors.length === 0 && !isWitnessed)
    findings.add('anchor-missing', 'no checkpoint of the stream is kept elsewhere');
  if (!source || isFresh(time, context)) return;
  const made = time === undefined ? 'in the future' : `at ${new Date(time).toISOString()}`;
  const message = `the newest checkpoint that is kept elsewhere was made ${made}`;
  findings.add('anchor-stale', message, { seq: anchored.size, ...source });
}

/** An anchor that was given proves something or is missing, whatever another one proves. */
export function reportEmptyAnchors(files: readonly AnchorFile[], findings: Findings): void {
  for (const { file, rule, isEmpty } of files) {
    if (rule === 'directory' && isEmpty) reportEmpty(file, findings);
  }
}

/** The same of a stream whose notes cannot be verified. */
export function reportMissingAnchors(files: readonly NoteFileFacts[], findings: Findings): void {
  for (const { name, size } of files) {
    if (size === 'missing' || size === 0) reportEmpty(name, findings);
  }
}

function reportEmpty(file: string, findings: Findings): void {
  findings.add('anchor-missing', 'this anchor holds no checkpoint of the stream', { file });
}

/**
 * What each anchor that was given holds. One that is too old is not served any more, and no more is known by that.
 *
 * @param limits without them, nothing is too old
 */
export function anchorReports(files: readonly AnchorFile[], limits?: Limits): AnchorReport[] {
  const directories = files.filter(({ rule }) => rule === 'directory');
  return directories.map(({ file, size, time, hasCheckpoint }) => ({
    file,
    size,
    ...(time !== undefined && { time: new Date(time).toISOString() }),
    isStale: limits !== undefined && hasCheckpoint && !isFresh(time, limits),
  }));
}

function isFresh(time: number | undefined, { asOf, maxAgeMs }: Limits): boolean {
  return time !== undefined && time >= asOf - maxAgeMs;
}
