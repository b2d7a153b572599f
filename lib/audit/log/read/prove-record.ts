import { join } from 'node:path';
import { AuditError } from '../../../errors/audit.error.js';
import { leafHash } from '../leaf-hash.js';
import { inclusionProof, verifyInclusion } from '../merkle/inclusion-proof.js';
import { TileStore } from '../merkle/tile-store.js';
import { tlogProofText } from '../note/tlog-proof.js';
import { assertFolder, isFolder, isStreamName, segmentsOf, type Segment } from './log-folder.js';
import { LogNodes, type LeafFiles } from './log-nodes.js';
import { recordPlace } from './record-place.js';
import { linesFrom } from './segment-lines.js';
import { checkpointOver, storedCheckpoints, type StoredCheckpoint } from './stored-checkpoint.js';

/** A record with the proof that it is in its log. */
export interface ProvenRecord {
  /** The record as it stands in the log, without its LF. */
  readonly line: string;
  /** The proof, as text of c2sp.org/tlog-proof. */
  readonly proof: string;
}

const ID = /^(.+):(0|[1-9]\d{0,15})$/;

/**
 * Proves that a record is in the log: to somebody who has the stream's key from elsewhere and nothing else of the
 * log. O(log n) where the tiles reach; what they do not cover is hashed anew.
 *
 * @param directory the audit directory
 * @param id the record's id, `<stream>:<seq>`
 * @param anchors folders of directory anchors: the proof leads to what is kept there, where that covers the record
 * @throws AuditError `AUDIT_RECORD_UNKNOWN`, `AUDIT_RECORD_UNSIGNED` before the first checkpoint that covers it,
 * `AUDIT_LOG_DAMAGED` when the log does not lead to what was signed, `AUDIT_LOG_UNREADABLE`
 * @example
 * const { line, proof } = await proveRecord('./data/audit', receipt.id);
 */
export async function proveRecord(
  directory: string,
  id: string,
  anchors: readonly string[] = [],
): Promise<ProvenRecord> {
  for (const folder of [directory, ...anchors]) await assertFolder(folder);
  const { stream, seq } = placeOf(id);
  const folder = join(directory, stream);
  if (!(await isFolder(folder))) throw unknown(id);
  const stored = checkpointOver(await storedCheckpoints(folder, stream, anchors), seq);
  const files = { folder, segments: await segmentsOf(folder) };
  const line = await lineAt(files, stream, seq);
  if (line === undefined) throw unknown(id);
  if (!stored) throw unsigned(id);
  const [proof = ''] = await proofsOf(files, [{ seq, leaf: leafHash(line) }], stored);
  return { line: line.toString('utf8'), proof };
}

/** A record to be proven. */
export interface Leaf {
  readonly seq: number;
  /** 64 hexadecimal digits. */
  readonly leaf: string;
}

/**
 * Proves records of one stream against a checkpoint, and checks each proof.
 *
 * @returns the proofs as text of c2sp.org/tlog-proof, in the order of the records
 * @throws AuditError `AUDIT_LOG_DAMAGED` when the log does not lead to the checkpoint, `AUDIT_LOG_UNREADABLE`
 */
export async function proofsOf(
  files: LeafFiles,
  leaves: readonly Leaf[],
  stored: StoredCheckpoint,
): Promise<string[]> {
  const { size } = stored.checkpoint;
  const tiled = Math.min(size, await new TileStore(files.folder).size());
  const proofs = await proofsFrom(files, leaves, stored, tiled).catch(ignoreDamage);
  if (proofs) return proofs;
  // The tiles are a cache, but for those of pruned records: the records know better.
  const pruned = Math.min(size, firstOf(files.segments));
  const others = await proofsFrom(files, leaves, stored, pruned).catch(ignoreDamage);
  if (others) return others;
  const segments = await segmentsOf(files.folder);
  // What was pruned meanwhile is in the tiles now.
  if (firstOf(segments) > firstOf(files.segments))
    return proofsOf({ ...files, segments }, leaves, stored);
  const message = `the records of ${JSON.stringify(files.folder)} do not lead to the root that was signed: verify the log with nestjs-security audit verify`;
  throw new AuditError('AUDIT_LOG_DAMAGED', message);
}

async function proofsFrom(
  files: LeafFiles,
  leaves: readonly Leaf[],
  { note, checkpoint }: StoredCheckpoint,
  tiled: number,
): Promise<string[] | undefined> {
  const { size, root } = checkpoint;
  const indexes = leaves.map(({ seq }) => seq);
  const nodes = await LogNodes.for(files, indexes, size, tiled);
  const proofs: string[] = [];
  for (const { seq: index, leaf } of leaves) {
    const hashes = await inclusionProof(index, size, nodes);
    const claim = { index, size, leaf: Buffer.from(leaf, 'hex'), root, proof: hashes };
    if (!verifyInclusion(claim)) return undefined;
    proofs.push(tlogProofText({ index, hashes, checkpoint: note }));
  }
  return proofs;
}

function ignoreDamage(error: unknown): undefined {
  if (!(error instanceof AuditError) || error.code !== 'AUDIT_LOG_DAMAGED') throw error;
}

async function lineAt(
  { segments }: LeafFiles,
  stream: string,
  seq: number,
): Promise<Buffer | undefined> {
  if (seq < firstOf(segments)) return undefined;
  for await (const { line } of linesFrom(segments, seq)) {
    const place = recordPlace(line);
    return place?.stream === stream && place.seq === seq ? Buffer.from(line) : undefined;
  }
  return undefined;
}

function firstOf([oldest]: readonly Segment[]): number {
  return oldest?.first ?? 0;
}

function placeOf(id: string): { readonly stream: string; readonly seq: number } {
  const [, stream = '', digits = ''] = ID.exec(id) ?? [];
  const seq = Number(digits);
  if (!isStreamName(stream) || !Number.isSafeInteger(seq)) throw unknown(id);
  return { stream, seq };
}

function unknown(id: string): AuditError {
  const shown = JSON.stringify(id.slice(0, 64));
  return new AuditError('AUDIT_RECORD_UNKNOWN', `the audit log has no record ${shown}`, {
    status: 404,
  });
}

function unsigned(id: string): AuditError {
  return new AuditError('AUDIT_RECORD_UNSIGNED', `no checkpoint covers record ${id} yet`, {
    status: 503,
    retryAfterSeconds: 10,
  });
}
