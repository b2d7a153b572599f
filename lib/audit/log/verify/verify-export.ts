import { join } from 'node:path';
import { counted } from '../../../common/counted.js';
import { isFolder } from '../read/log-folder.js';
import { ExportedRecords } from './exported-records.js';
import { Findings } from './findings.js';
import { anchorReports, reportEmptyAnchors, reportMissingAnchors } from './judge-anchors.js';
import { RootClaims } from './root-claims.js';
import { takeSnapshot, type Snapshot } from './snapshot.js';
import type { StreamContext, VerifyNotes } from './stream-context.js';
import { notesVerifier, streamKeys } from './stream-keys.js';
import { AnchorVerification, type AnchorFacts } from './verify-anchors.js';
import { verifyCheckpoint } from './verify-checkpoint.js';
import { EpochVerification, type VerifiedEpochs } from './verify-epochs.js';
import type { VerifyOptions } from './verify-options.js';
import { statusOf, type StreamReport, type VerifyReport } from './verify-report.js';
import { verifyStreams } from './verify-run.js';

/**
 * Verifies records that `exportLog` wrote, without the log that they are from: each by its proof, which has to
 * lead to a root that the key of its epoch signed. That the export holds all records which it should cannot be
 * verified, so this never takes the place of `verifyLog`.
 *
 * @param directory the folder of the export
 * @param options as for `verifyLog`; records do not grow stale, so `asOf` and `maxAgeSeconds` mean nothing here
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 * @throws RangeError, TypeError for options out of bounds; the signal's reason when it is aborted
 * @example
 * const report = await verifyExport('./evidence', { trust, anchors: ['/mnt/elsewhere/anchor'] });
 */
export function verifyExport(
  directory: string,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  return verifyStreams(directory, options, { required: [], verify: verifyExported });
}

/** What of an export could be verified. */
interface Found extends Pick<StreamReport, 'anchors' | 'epochs'> {
  readonly records?: ExportedRecords;
}

async function verifyExported(context: StreamContext): Promise<StreamReport> {
  const { directory, stream, anchors } = context;
  const findings = new Findings();
  const folder = join(directory, stream);
  if (!(await isFolder(folder))) {
    findings.add('stream-missing', 'it is no folder', { seq: 0, file: stream });
    return reportOf(context, findings);
  }
  const snapshot = await takeSnapshot(directory, stream, anchors);
  const keys = await streamKeys(context, findings);
  if (!keys) {
    reportMissingAnchors(snapshot.anchors, findings);
    return reportOf(context, findings);
  }
  const verifyNotes = notesVerifier(context, keys);
  const sinks = { claims: new RootClaims(), findings };
  const verification = new EpochVerification(context, snapshot.epochs, verifyNotes, sinks);
  const epochs = await verification.run(keys.epochKey);
  await verifyCheckpoint(stream, snapshot, epochs, verifyNotes, sinks);
  const anchored = new RootClaims();
  const facts = await verifyAnchored(context, snapshot, epochs, verifyNotes, {
    claims: anchored,
    findings,
  });
  const records = new ExportedRecords(context, { epochs, verifyNotes, anchored, findings });
  await records.run(folder);
  reportEmptyAnchors(facts.files, findings);
  judge(context, records, findings);
  return reportOf(context, findings, {
    records,
    anchors: anchorReports(facts.files),
    epochs: epochs.ledger.count,
  });
}

async function verifyAnchored(
  context: StreamContext,
  { anchors, cosigned }: Snapshot,
  epochs: VerifiedEpochs,
  verifyNotes: VerifyNotes,
  sinks: { readonly claims: RootClaims; readonly findings: Findings },
): Promise<AnchorFacts> {
  // The log has gone on since, and so have its anchors: later epochs are nothing that an export has to know.
  const known = { ...epochs, isWhole: false };
  const verification = new AnchorVerification(context, known, verifyNotes, sinks);
  for (const file of anchors) await verification.take(file, 'directory');
  if (context.witnesses.length > 0) await verification.take(cosigned, 'witness');
  return verification.facts;
}

function judge(
  { hasTrust, trusted }: StreamContext,
  records: ExportedRecords,
  findings: Findings,
): void {
  if (!hasTrust) {
    const message = 'no trust file was given: whose keys signed is not known';
    findings.add('trust-missing', message);
  } else if (!trusted) {
    findings.add('stream-unregistered', 'the trust file does not name this stream');
  }
  const { proven, anchored } = records.counts;
  if (anchored === proven && proven > 0) return;
  const message = `of ${counted(proven - anchored, 'record')}, the checkpoint is not kept elsewhere that the proof leads to`;
  findings.add('anchor-missing', message);
}

function reportOf(
  { stream }: StreamContext,
  { problems }: Findings,
  { records, anchors, epochs }: Found = { anchors: [], epochs: 0 },
): StreamReport {
  const { proven, anchored } = records?.counts ?? { proven: 0, anchored: 0 };
  return {
    stream,
    status: statusOf(problems),
    records: proven,
    signed: proven,
    anchored,
    anchors,
    epochs,
    closed: false,
    ...(records && records.lastTime !== '' && { lastTime: records.lastTime }),
    problems,
  };
}
