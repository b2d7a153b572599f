import { basename } from 'node:path';
import { leafHash } from '../leaf-hash.js';
import { MAX_TORN_BYTES } from '../max-torn-bytes.js';
import { recordMark } from '../verify/record-mark.js';
import { damagedRecord } from './damage.errors.js';
import { segmentsOf, type Segment } from './log-folder.js';
import type { LeafFiles } from './log-nodes.js';
import { recordPlace } from './record-place.js';
import { openRegular, readAt } from './regular-file.js';
import { linesOf, type PlacedLine } from './segment-lines.js';

const LF = 0x0a;
const PRUNED = 'audit_segments_pruned';

/** A record that continues the one before. Its bytes are overwritten by what is read later. */
export interface ChainedRecord extends PlacedLine {
  readonly seq: number;
  /** 64 hexadecimal digits. */
  readonly leaf: string;
}

/**
 * All records of a stream in their order, each of which continues the one before. Where segments are pruned before
 * they were read, those that are left follow. A tail that a crash may have left is passed over.
 *
 * @param signed how many records there have to be
 * @throws AuditError `AUDIT_LOG_DAMAGED` where a record is missing, or is not the one that the next one continues;
 * `AUDIT_LOG_UNREADABLE`
 */
export async function* chainedRecords(
  { folder, segments }: LeafFiles,
  signed: number,
): AsyncGenerator<ChainedRecord> {
  let left = segments;
  const chain = new Chain(basename(folder), left[0]?.first ?? 0);
  for (let at = 0; at < left.length; at += 1) {
    const segment = left[at];
    if (!segment) break;
    const limit = left[at + 1]?.first ?? Infinity;
    yield* recordsOf(segment, limit, chain);
    if (limit === Infinity) await assertTail(segment, chain);
    if (limit === Infinity || chain.next === limit) continue;
    left = await segmentsOf(folder);
    const isPruned = chain.next === segment.first && chain.passOver(left[0]?.first ?? 0);
    if (!isPruned) throw damagedRecord(chain.next, segment.path, chain.end);
    at = -1;
  }
  if (!chain.isTold) throw damagedRecord(0, folder);
  if (chain.next < signed) throw damagedRecord(chain.next, left.at(-1)?.path ?? folder, chain.end);
}

async function* recordsOf(
  segment: Segment,
  limit: number,
  chain: Chain,
): AsyncGenerator<ChainedRecord> {
  chain.end = 0;
  for await (const placed of linesOf(segment)) {
    yield chain.take(placed);
    if (chain.next === limit) return;
  }
}

/** What a crash leaves behind the last record has no end, and is not long. */
async function assertTail({ path, size }: Segment, { next, end }: Chain): Promise<void> {
  if (size === end) return;
  const handle = size - end > MAX_TORN_BYTES ? 'irregular' : await openRegular(path);
  if (handle === 'missing') return;
  if (handle === 'irregular') throw damagedRecord(next, path, end);
  try {
    if ((await readAt(handle, end, size - end, path)).includes(LF))
      throw damagedRecord(next, path, end);
  } finally {
    await handle.close();
  }
}

/** How far the records of a stream continue each other. */
class Chain {
  readonly #stream: string;
  #first: number;
  /** The last record that pruning is told of. */
  #through = -1;
  #last: ChainedRecord | undefined;
  next: number;
  /** Where in its segment the last record ends. */
  end = 0;

  constructor(stream: string, first: number) {
    this.#stream = stream;
    this.#first = first;
    this.next = first;
  }

  /** Whether a record tells why the first ones are gone. */
  get isTold(): boolean {
    return this.#first === 0 || this.#through >= this.#first - 1;
  }

  /** Goes on behind records that were pruned; false when none were. */
  passOver(first: number): boolean {
    if (first <= this.next) return false;
    this.#first = first;
    this.next = first;
    this.#last = undefined;
    return true;
  }

  take(placed: PlacedLine): ChainedRecord {
    const { line, segment, offset } = placed;
    const place = recordPlace(line);
    if (place?.seq !== this.next || place.stream !== this.#stream)
      throw damagedRecord(this.next, segment.path, offset);
    const last = this.#last;
    // The record before is blamed where this one carries the hash of another.
    if (last && place.prev !== last.leaf)
      throw damagedRecord(last.seq, last.segment.path, last.offset);
    const record = { ...placed, seq: this.next, leaf: leafHash(line) };
    this.#last = record;
    this.#noteMark(line);
    this.next += 1;
    this.end = offset + line.length + 1;
    return record;
  }

  #noteMark(line: Buffer): void {
    if (this.#first === 0 || !line.includes(PRUNED)) return;
    const { event, through = -1 } = recordMark(this.next, line) ?? {};
    if (event === PRUNED) this.#through = Math.max(this.#through, through);
  }
}
