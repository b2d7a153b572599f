import type { LogCheckpoint } from '../note/log-checkpoint.js';
import type { ChainWalk } from './chain-walk.js';
import type { Findings } from './findings.js';
import { judgeAnchors } from './judge-anchors.js';
import { CHECKPOINT_FILE } from './snapshot.js';
import type { StreamContext } from './stream-context.js';
import type { AnchorFacts } from './verify-anchors.js';

/** A log that runs signs what it has written within a few seconds. */
const UNSIGNED_MS = 10_000;

/** What is judged, and where the verdict goes. */
interface Judged {
  readonly context: StreamContext;
  readonly walk: ChainWalk;
  readonly checkpoint: LogCheckpoint | undefined;
  readonly anchored: AnchorFacts;
  /** How many records are signed. */
  readonly signed: number;
  readonly findings: Findings;
}

/** Says what is not proven though nothing contradicts it: since it is too new, or what proves it too old. */
export function judgeFreshness(judged: Judged): void {
  reportTail(judged);
  reportTrust(judged);
  judgeAnchors(judged);
}

function reportTail({ context, walk, checkpoint, signed, findings }: Judged): void {
  const { tail } = walk;
  if (!checkpoint || walk.fault || (walk.next <= signed && !tail)) return;
  const age = context.asOf - Date.parse(checkpoint.time);
  if (age <= UNSIGNED_MS) return;
  const message = `what follows was written after the last checkpoint, ${Math.floor(age / 1000)} s ago: only the chain covers it`;
  findings.add('unsigned-tail', message, {
    seq: signed,
    file: `${context.stream}/${tail ? tail.segment.name : CHECKPOINT_FILE}`,
    offset: tail ? tail.offset : 0,
  });
}

function reportTrust({ context, findings }: Judged): void {
  const { hasTrust, trusted } = context;
  if (!hasTrust) {
    findings.add(
      'trust-missing',
      'no trust file was given: the log agrees with itself, and that is all',
    );
  } else if (!trusted) {
    findings.add('stream-unregistered', 'the trust file does not name this stream');
  }
}
