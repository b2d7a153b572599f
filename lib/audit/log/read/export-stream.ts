import { mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRecord } from '../../record/audit-record.js';
import { leafHash } from '../leaf-hash.js';
import { lineSieve } from './line-sieve.js';
import { segmentsOf } from './log-folder.js';
import type { LeafFiles } from './log-nodes.js';
import { noteBatches } from './note-batches.js';
import { proofsOf, type Leaf } from './prove-record.js';
import { recordTest, type PseudonymsOf, type RecordFilter } from './record-filter.js';
import { recordPlace } from './record-place.js';
import { readRegular } from './regular-file.js';
import { linesFrom } from './segment-lines.js';
import { checkpointOver, storedCheckpoints, type StoredCheckpoint } from './stored-checkpoint.js';

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
}

/** The records of a stream in an export, verbatim. */
export const EXPORTED_RECORDS_FILE = 'records.jsonl';
/** The folder of their proofs, `<seq>.tlog-proof`. */
export const PROOFS_FOLDER = 'proofs';

const SMALL_FILES = ['checkpoint', 'genesis.json', 'identity.vkey'];
const EPOCHS_FILE = 'epochs.notes';
const MAX_SMALL_BYTES = 64 * 1024;
const PROOFS_AT_ONCE = 10_000;
const PRIVATE = { flag: 'wx', mode: 0o600 } as const;

interface Exported {
  readonly leaves: readonly Leaf[];
  readonly unsigned: number;
}

/**
 * Exports the records of one stream.
 *
 * @throws AuditError as `exportLog`; the system's own errors where something cannot be written
 */
export async function exportStream(
  directory: string,
  stream: string,
  order: ExportOrder,
): Promise<ExportedStream> {
  const folder = join(directory, stream);
  const stored = await storedCheckpoints(folder, stream, order.anchors);
  const segments = await segmentsOf(folder);
  const out = join(order.outFolder, stream);
  await mkdir(join(out, PROOFS_FOLDER), { recursive: true, mode: 0o700 });
  const records = await open(join(out, EXPORTED_RECORDS_FILE), PRIVATE.flag, PRIVATE.mode);
  try {
    const size = Math.max(0, ...stored.map(({ checkpoint }) => checkpoint.size));
    const { leaves, unsigned } = await writeRecords(records, { folder, segments }, size, order);
    for (const each of stored) {
      const some = leaves.filter(({ seq }) => checkpointOver(stored, seq) === each);
      if (some.length > 0) await writeProofs(out, { folder, segments }, some, each);
    }
    await copyProofs(folder, out);
    return { stream, records: leaves.length, unsigned };
  } finally {
    await records.close();
  }
}

async function writeRecords(
  out: FileHandle,
  files: LeafFiles,
  size: number,
  { filter, pseudonymsOf }: ExportOrder,
): Promise<Exported> {
  const mayMeet = lineSieve(filter, pseudonymsOf);
  const meets = recordTest(filter, pseudonymsOf);
  const leaves: Leaf[] = [];
  let unsigned = 0;
  for await (const line of linesLeft(files)) {
    if (!mayMeet(line) || !meets(parseRecord(line.toString('utf8')))) continue;
    const seq = recordPlace(line)?.seq ?? Infinity;
    if (seq >= size) {
      unsigned += 1;
      continue;
    }
    await out.write(Buffer.concat([line, Buffer.of(0x0a)]));
    leaves.push({ seq, leaf: leafHash(line) });
  }
  return { leaves, unsigned };
}

/** The lines of all records. Where some are pruned before they were read, those that are left follow. */
async function* linesLeft({ folder, segments }: LeafFiles): AsyncGenerator<Buffer> {
  let next = -1;
  for (let oldest = segments[0]?.first ?? 0; oldest > next;) {
    next = oldest;
    for await (const { line } of linesFrom(segments, next)) {
      yield line;
      next += 1;
    }
    oldest = (await segmentsOf(folder))[0]?.first ?? 0;
  }
}

async function writeProofs(
  out: string,
  files: LeafFiles,
  leaves: readonly Leaf[],
  checkpoint: StoredCheckpoint,
): Promise<void> {
  for (let at = 0; at < leaves.length; at += PROOFS_AT_ONCE) {
    const some = leaves.slice(at, at + PROOFS_AT_ONCE);
    const proofs = await proofsOf(files, some, checkpoint);
    for (const [index, { seq }] of some.entries()) {
      const path = join(out, PROOFS_FOLDER, `${seq}.tlog-proof`);
      await writeFile(path, proofs[index] ?? '', PRIVATE);
    }
  }
}

/** What the proofs lead to: the keys, the newest checkpoint, and every whole statement. */
async function copyProofs(folder: string, out: string): Promise<void> {
  for (const name of SMALL_FILES) {
    const bytes = await readRegular(join(folder, name), MAX_SMALL_BYTES);
    if (typeof bytes !== 'string') await writeFile(join(out, name), bytes, PRIVATE);
  }
  const epochs = await open(join(out, EPOCHS_FILE), PRIVATE.flag, PRIVATE.mode);
  try {
    for await (const { notes } of noteBatches(join(folder, EPOCHS_FILE), Infinity)) {
      await epochs.write(notes.map(({ note }) => `${note}\n`).join(''));
    }
  } finally {
    await epochs.close();
  }
}
