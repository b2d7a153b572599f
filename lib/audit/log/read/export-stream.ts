import { mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRecord, type AuditRecord } from '../../record/audit-record.js';
import { chainedRecords, type ChainedRecord } from './chained-records.js';
import { damagedFile, damagedRecord } from './damage.errors.js';
import { lineSieve } from './line-sieve.js';
import { segmentsOf } from './log-folder.js';
import type { LeafFiles } from './log-nodes.js';
import { noteBatches } from './note-batches.js';
import { proofsOf, type Leaf } from './prove-record.js';
import { recordTest, type PseudonymsOf, type RecordFilter } from './record-filter.js';
import { readRegular } from './regular-file.js';
import {
  checkpointOver,
  readCheckpoint,
  storedCheckpoints,
  type StoredCheckpoint,
} from './stored-checkpoint.js';

/** What an export holds of one stream. */
export interface ExportedStream {
  readonly stream: string;
  /** How many records were exported, each with its proof. */
  readonly records: number;
  /** How many more meet the filter, though no checkpoint covers them yet. */
  readonly unsigned: number;
}

/** What is exported, and where to. */
export interface ExportOrder {
  readonly filter: RecordFilter;
  readonly pseudonymsOf: PseudonymsOf;
  readonly outFolder: string;
  /** Folders of directory anchors. */
  readonly anchors: readonly string[];
  /** Ends the export with its reason. */
  readonly signal?: AbortSignal;
}

/** The records of a stream in an export, verbatim. */
export const EXPORTED_RECORDS_FILE = 'records.jsonl';
/** The folder of their proofs, `<seq>.tlog-proof`. */
export const PROOFS_FOLDER = 'proofs';

const CHECKPOINT_FILE = 'checkpoint';
const NEEDED_FILES: readonly string[] = [CHECKPOINT_FILE, 'genesis.json'];
const OTHER_FILES: readonly string[] = ['identity.vkey'];
const EPOCHS_FILE = 'epochs.notes';
const MAX_SMALL_BYTES = 64 * 1024;
const PROOFS_AT_ONCE = 10_000;
const PRIVATE = { flag: 'wx', mode: 0o600 } as const;

interface Exported {
  readonly leaves: readonly Leaf[];
  readonly unsigned: number;
}

/**
 * Exports the records of one stream. Whether they are all of its records is known by their chain, which has to lead
 * to what was signed: else a record that was changed or removed would be left out without a word.
 *
 * @throws AuditError as `exportLog`; the system's own errors where something cannot be written; the signal's reason
 */
export async function exportStream(
  directory: string,
  stream: string,
  order: ExportOrder,
): Promise<ExportedStream> {
  const folder = join(directory, stream);
  const stored = await storedCheckpoints(folder, stream, order.anchors);
  const files = { folder, segments: await segmentsOf(folder) };
  const out = join(order.outFolder, stream);
  await mkdir(join(out, PROOFS_FOLDER), { recursive: true, mode: 0o700 });
  await copyProofs(folder, out);
  const records = await open(join(out, EXPORTED_RECORDS_FILE), PRIVATE.flag, PRIVATE.mode);
  try {
    const { leaves, unsigned } = await writeRecords(records, files, stored, order);
    for (const each of stored) {
      const some = leaves.filter(({ seq }) => checkpointOver(stored, seq) === each);
      if (some.length > 0) await writeProofs(out, files, some, each, order.signal);
    }
    return { stream, records: leaves.length, unsigned };
  } finally {
    await records.close();
  }
}

async function writeRecords(
  out: FileHandle,
  files: LeafFiles,
  stored: readonly StoredCheckpoint[],
  { filter, pseudonymsOf, signal }: ExportOrder,
): Promise<Exported> {
  const size = Math.max(0, ...stored.map(({ checkpoint }) => checkpoint.size));
  const mayMeet = lineSieve(filter, pseudonymsOf);
  const meets = recordTest(filter, pseudonymsOf);
  const leaves: Leaf[] = [];
  let unsigned = 0;
  let last: Leaf | undefined;
  for await (const record of chainedRecords(files, size)) {
    signal?.throwIfAborted();
    const { seq, leaf, line } = record;
    if (seq < size) last = { seq, leaf };
    if (!mayMeet(line) || !meets(parsed(record))) continue;
    if (seq >= size) {
      unsigned += 1;
      continue;
    }
    // A write alone may be a short one, without an error, where the disk is full.
    await out.appendFile(Buffer.concat([line, Buffer.of(0x0a)]));
    leaves.push({ seq, leaf });
  }
  // The chain leads from the last record that was signed to all before it.
  const checkpoint = last && checkpointOver(stored, last.seq);
  if (last && checkpoint) await proofsOf(files, [last], checkpoint);
  return { leaves, unsigned };
}

function parsed({ seq, line, segment, offset }: ChainedRecord): AuditRecord {
  try {
    return parseRecord(line.toString('utf8'));
  } catch {
    throw damagedRecord(seq, segment.path, offset);
  }
}

async function writeProofs(
  out: string,
  files: LeafFiles,
  leaves: readonly Leaf[],
  checkpoint: StoredCheckpoint,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let at = 0; at < leaves.length; at += PROOFS_AT_ONCE) {
    const some = leaves.slice(at, at + PROOFS_AT_ONCE);
    const proofs = await proofsOf(files, some, checkpoint);
    for (const [index, { seq }] of some.entries()) {
      signal?.throwIfAborted();
      const path = join(out, PROOFS_FOLDER, `${seq}.tlog-proof`);
      await writeFile(path, proofs[index] ?? '', PRIVATE);
    }
  }
}

/** What the proofs lead to: the keys, the newest checkpoint, and every whole statement. */
async function copyProofs(folder: string, out: string): Promise<void> {
  for (const name of [...NEEDED_FILES, ...OTHER_FILES]) {
    const bytes = await readRegular(join(folder, name), MAX_SMALL_BYTES);
    if (typeof bytes !== 'string') await writeFile(join(out, name), bytes, PRIVATE);
    else if (NEEDED_FILES.includes(name)) throw damagedFile(join(folder, name));
    // Without it, nothing would tell how many records there have to be.
    if (name === CHECKPOINT_FILE && !readCheckpoint(bytes.toString('utf8')))
      throw damagedFile(join(folder, name));
  }
  const path = join(folder, EPOCHS_FILE);
  const epochs = await open(join(out, EPOCHS_FILE), PRIVATE.flag, PRIVATE.mode);
  try {
    for await (const { notes, damage } of noteBatches(path, Infinity)) {
      await epochs.appendFile(notes.map(({ note }) => `${note}\n`).join(''));
      if (damage !== undefined) throw damagedFile(path, damage);
    }
  } finally {
    await epochs.close();
  }
}
