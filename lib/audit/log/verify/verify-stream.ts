import { join } from 'node:path';
import { counted } from '../../../common/counted.js';
import { genesisHash } from '../leaf-hash.js';
import type { LogCheckpoint } from '../note/log-checkpoint.js';
import { isFolder, segmentsOf } from '../read/log-folder.js';
import { ChainWalk } from './chain-walk.js';
import { Findings } from './findings.js';
import { anchorReports, reportMissingAnchors } from './judge-anchors.js';
import { judgeChain, type WalkedChain } from './judge-chain.js';
import { judgeFreshness } from './judge-freshness.js';
import { RootClaims } from './root-claims.js';
import { CHECKPOINT_FILE, takeSnapshot, type Snapshot } from './snapshot.js';
import type { StreamContext, StreamKeys } from './stream-context.js';
import { notesVerifier, streamKeys } from './stream-keys.js';
import { AnchorVerification, type AnchorFacts } from './verify-anchors.js';
import { verifyCheckpoint } from './verify-checkpoint.js';
import { EpochVerification, type VerifiedEpochs } from './verify-epochs.js';
import { statusOf, type StreamReport } from './verify-report.js';

const ATTEMPTS = 5;

/** What the signed notes of a stream say. */
interface Notes {
  readonly epochs: VerifiedEpochs;
  readonly checkpoint: LogCheckpoint | undefined;
  readonly anchored: AnchorFacts;
}

/**
 * Verifies one stream.
 *
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function verifyStream(context: StreamContext): Promise<StreamReport> {
  const { directory, stream, anchors } = context;
  const findings = new Findings();
  if (!(await isFolder(join(directory, stream)))) {
    findings.add('stream-missing', 'the stream is not in the folder', { seq: 0, file: stream });
    return emptyReport(stream, findings);
  }
  const snapshot = await takeSnapshot(directory, stream, anchors);
  const keys = await streamKeys(context, findings);
  if (!keys) {
    reportMissingAnchors(snapshot.anchors, findings);
    return emptyReport(stream, findings);
  }
  const claims = new RootClaims();
  const notes = await verifySigned(context, snapshot, keys, { claims, findings });
  const genesis = genesisHash(stream, keys.epochKey);
  const walked = await walkChain(context, snapshot, claims, genesis);
  await judgeChain({ stream, findings, ...walked });
  const signed = Math.max(notes.checkpoint?.size ?? 0, notes.epochs.ledger.lastEnd);
  judgeFreshness({ context, walk: walked.walk, signed, findings, ...notes });
  return reportOf(context, walked.walk, signed, notes, findings);
}

/** A log that is being pruned loses segments while they are read: then it is begun anew with those that are left. */
async function walkChain(
  context: StreamContext,
  { folder, segments: listed }: Snapshot,
  signed: RootClaims,
  genesis: string,
): Promise<WalkedChain> {
  let segments = listed;
  for (let attempt = 1; ; attempt += 1) {
    const claims = signed.sorted();
    const walk = new ChainWalk(context, segments, claims, genesis);
    await walk.run(folder);
    if (!walk.isGone || attempt === ATTEMPTS) return { folder, segments, claims, walk };
    segments = await segmentsOf(folder);
  }
}

async function verifySigned(
  context: StreamContext,
  snapshot: Snapshot,
  keys: StreamKeys,
  sinks: { readonly claims: RootClaims; readonly findings: Findings },
): Promise<Notes> {
  const { stream, witnesses } = context;
  const verifyNotes = notesVerifier(context, keys);
  const verification = new EpochVerification(context, snapshot.epochs, verifyNotes, sinks);
  const epochs = await verification.run(keys.epochKey);
  const checkpoint = await verifyCheckpoint(stream, snapshot, epochs, verifyNotes, sinks);
  const anchors = new AnchorVerification(context, epochs, verifyNotes, sinks);
  for (const file of snapshot.anchors) await anchors.take(file, 'directory');
  if (witnesses.length > 0) await anchors.take(snapshot.cosigned, 'witness');
  const { facts: anchored } = anchors;
  const signed = Math.max(checkpoint?.size ?? 0, epochs.ledger.lastEnd);
  if (checkpoint && anchored.size > signed) {
    const message = `it covers ${counted(checkpoint.size, 'record')}, and one of ${anchored.size} is kept elsewhere`;
    const place = { seq: signed, file: `${stream}/${CHECKPOINT_FILE}`, offset: 0 };
    sinks.findings.add('checkpoint-outdated', message, place);
  }
  return { epochs, checkpoint, anchored };
}

function reportOf(
  context: StreamContext,
  walk: ChainWalk,
  signed: number,
  { epochs, checkpoint, anchored }: Notes,
  { problems, isTampered }: Findings,
): StreamReport {
  // What contradicts itself proves no more than what was found right before.
  const limit = isTampered ? walk.roots.proven.size : Infinity;
  return {
    stream: context.stream,
    status: statusOf(problems),
    records: walk.next,
    signed: Math.min(signed, limit),
    anchored: Math.min(anchored.size, limit),
    anchors: anchorReports(anchored.files, context),
    epochs: epochs.ledger.count,
    closed: checkpoint?.closed === true && walk.next === checkpoint.size && !walk.tail,
    ...(walk.lastTime !== '' && { lastTime: walk.lastTime }),
    problems,
  };
}

function emptyReport(stream: string, { problems }: Findings): StreamReport {
  const status = statusOf(problems);
  const nothing = { records: 0, signed: 0, anchored: 0, anchors: [], epochs: 0, closed: false };
  return { stream, status, ...nothing, problems };
}
