import { counted } from '../../../common/counted.js';
import type { Segment } from '../read/log-folder.js';
import type { ChainWalk } from './chain-walk.js';
import type { Findings, ProblemPlace } from './findings.js';
import { locateChange } from './locate-change.js';
import type { RootClaim, SortedClaims } from './root-claims.js';
import type { ProblemKind } from './verify-report.js';

/** A walk through a chain, with what it was held against. */
export interface WalkedChain {
  /** The stream's folder. */
  readonly folder: string;
  readonly segments: readonly Segment[];
  readonly claims: SortedClaims;
  readonly walk: ChainWalk;
}

/** What is judged, and where the verdict goes. */
interface Judged extends WalkedChain {
  readonly stream: string;
  readonly findings: Findings;
}

const FAULT_MESSAGES = {
  'file-irregular': 'it is no regular file',
  'record-changed': 'the next record carries the hash of another one',
  'record-foreign': 'a record of another stream stands here',
  'record-malformed': 'what stands here is no record',
  'record-missing': 'the record that has to stand here is missing',
  'record-repeated': 'more than one record claims this place',
  'tiles-missing': 'the records are gone, and the tiles do not hold their leaf hashes',
} as const satisfies Partial<Record<ProblemKind, string>>;

/**
 * Says what a walk through the chain has brought to light: records that are not those that were signed, and
 * files that are not explained.
 *
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function judgeChain(judged: Judged): Promise<void> {
  const { walk } = judged;
  await reportMismatches(judged);
  if (walk.fault) return reportFault(judged);
  if (walk.isGone) {
    const message = 'segments vanished faster than they could be read';
    judged.findings.add('segments-vanished', message, { seq: walk.next, file: judged.stream });
    return;
  }
  reportShortness(judged);
  reportSurplus(judged);
  reportPruning(judged);
}

async function reportFault(judged: Judged): Promise<void> {
  const { stream, walk, claims, findings } = judged;
  if (!walk.fault) return;
  const { kind, seq, segment, offset } = walk.fault;
  const place = {
    seq,
    ...(segment && { file: `${stream}/${segment.name}` }),
    ...(offset !== undefined && { offset }),
  };
  const exact = await located(judged, claims.take(claims.peek()?.size ?? 0));
  // What is said of lines behind the break is not known to be of this chain.
  const isUpToHere = exact?.seq !== undefined && exact.seq <= walk.next;
  // Of a record that is not there, the tiles know the number only.
  findings.add(kind, FAULT_MESSAGES[kind], { ...place, ...(isUpToHere && exact) });
}

async function reportMismatches(judged: Judged): Promise<void> {
  const { walk, findings } = judged;
  const { mismatches, proven } = walk.roots;
  const [first] = mismatches;
  if (!first) return;
  const exact = await located(
    judged,
    mismatches.filter(({ size }) => size === first.size),
  );
  for (const claim of mismatches) {
    const { size, file, offset } = claim;
    const message = `the root over the first ${counted(size, 'record')} is not the one that was signed at byte ${offset} of ${JSON.stringify(file)}`;
    // All are wrong for the sake of the same record.
    const place = { file, offset, seq: exact?.seq ?? proven.size };
    findings.add('root-mismatch', message, claim === first ? { ...place, ...exact } : place);
  }
}

/** The tiles may still know what was signed: one of these roots, which are of one size. */
async function located(
  { stream, folder, segments, walk }: Judged,
  claims: readonly RootClaim[],
): Promise<ProblemPlace | undefined> {
  const { proven } = walk.roots;
  const size = claims[0]?.size ?? 0;
  if (proven.size >= size) return undefined;
  const signed = { size, roots: claims.map(({ root }) => root) };
  const found = await locateChange(folder, segments, proven, signed);
  if (!found) return undefined;
  const { seq, segment, offset } = found;
  return {
    seq,
    ...(segment && { file: `${stream}/${segment.name}` }),
    ...(offset !== undefined && { offset }),
  };
}

function reportShortness({ stream, segments, walk, claims, findings }: Judged): void {
  const largest = claims.largest();
  if (!claims.peek() || !largest) return;
  const { size, file, offset } = largest;
  const message = `the log has ${walk.next} of the ${counted(size, 'record')} that a root was signed over at byte ${offset} of ${JSON.stringify(file)}`;
  const segment = segments.at(-1);
  const end = segment && {
    file: `${stream}/${segment.name}`,
    offset: walk.tail?.offset ?? segment.size,
  };
  findings.add('records-missing', message, { seq: walk.next, ...(end ?? { file, offset }) });
}

/** What a crash or another process left in a segment has to be told of by a later record. */
function reportSurplus({ stream, walk, findings }: Judged): void {
  for (const { segment, offset, next } of walk.surplus) {
    const isTold = walk.marks.some(
      ({ seq, event, file, size }) =>
        seq >= next &&
        ['audit_segment_abandoned', 'audit_segment_changed'].includes(event) &&
        file === segment.name &&
        size === offset,
    );
    if (isTold) continue;
    const message = 'bytes stand behind the last record that the next segment continues';
    findings.add('segment-surplus', message, {
      seq: next,
      file: `${stream}/${segment.name}`,
      offset,
    });
  }
}

function reportPruning({ stream, segments, walk, findings }: Judged): void {
  const first = segments[0]?.first ?? 0;
  const isTold = walk.marks.some(
    ({ event, through = -1 }) => event === 'audit_segments_pruned' && through >= first - 1,
  );
  if (first === 0 || isTold) return;
  const message = `the segments before record ${first} are gone, and no record says that they were pruned`;
  findings.add('segments-missing', message, { seq: 0, file: stream });
}
