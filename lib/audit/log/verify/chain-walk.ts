import type { Segment } from '../read/log-folder.js';
import { inOrder } from './in-order.js';
import { takePrunedLeaves } from './pruned-leaves.js';
import { placeFault, type RecordFault } from './record-fault.js';
import type { RecordMark } from './record-mark.js';
import { recordParts, type RecordPart } from './record-parts.js';
import { RootCheck } from './root-check.js';
import type { SortedClaims } from './root-claims.js';
import type { RecordsResult } from './records-task.js';
import { SizeCursor } from './size-cursor.js';
import type { StreamContext } from './stream-context.js';

/** Where the records of a stream stop being those that were written. */
export interface ChainFault {
  readonly kind: RecordFault['kind'] | 'file-irregular' | 'tiles-missing';
  readonly seq: number;
  readonly segment?: Segment;
  readonly offset?: number;
}

/** Bytes of a segment behind its last record. */
export interface SegmentRest {
  readonly segment: Segment;
  readonly offset: number;
  /** The place of the record that would follow. */
  readonly next: number;
}

/** Follows the chain of a stream through its segments, up to the first record that does not continue it. */
export class ChainWalk {
  readonly roots: RootCheck;
  /** What the records say about the log itself. */
  readonly marks: RecordMark[] = [];
  /** What stands in segments behind the last record that the next segment continues. */
  readonly surplus: SegmentRest[] = [];
  readonly #context: StreamContext;
  readonly #segments: readonly Segment[];
  readonly #sizes: SharedArrayBuffer;
  readonly #done = new Set<Segment>();
  #next = 0;
  /** What the next record has to carry as `prev`. */
  #link: string;
  #lastTime = '';
  #last: { readonly segment: Segment; readonly offset: number } | undefined;
  #endOffset = 0;
  #fault: ChainFault | undefined;
  #tail: SegmentRest | undefined;
  #isGone = false;

  /** @param genesis what the first record of the stream carries as `prev` */
  constructor(
    context: StreamContext,
    segments: readonly Segment[],
    claims: SortedClaims,
    genesis: string,
  ) {
    this.#context = context;
    this.#segments = segments;
    this.#sizes = SizeCursor.share(claims.sizes());
    this.roots = new RootCheck(claims);
    this.#link = genesis;
  }

  /** The place behind the last record that holds. */
  get next(): number {
    return this.#next;
  }

  get lastTime(): string {
    return this.#lastTime;
  }

  get fault(): ChainFault | undefined {
    return this.#fault;
  }

  /** Bytes without a line end behind the last record of all. */
  get tail(): SegmentRest | undefined {
    return this.#tail;
  }

  /** Whether a segment vanished while it was walked through. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** @throws AuditError `AUDIT_LOG_UNREADABLE` */
  async run(folder: string): Promise<void> {
    const { stream, runner, signal } = this.#context;
    await this.#walkTiles(folder, this.#segments[0]?.first ?? 0);
    const isOver = (segment: Segment): boolean => this.#isEnded || this.#done.has(segment);
    const parts = recordParts(stream, this.#segments, this.#sizes, isOver);
    for await (const [part, result] of inOrder(parts, runner.width, ({ task }) =>
      runner.run(task),
    )) {
      signal?.throwIfAborted();
      if (!this.#done.has(part.segment)) this.#take(part, result);
      if (this.#isEnded) return;
    }
  }

  get #isEnded(): boolean {
    return this.#isGone || this.#fault !== undefined;
  }

  async #walkTiles(folder: string, end: number): Promise<void> {
    if (end === 0) return;
    const tree = { sizes: this.#sizes, roots: this.roots };
    const { next, lastLeaf } = await takePrunedLeaves(this.#context, folder, end, tree);
    this.#next = next;
    this.#link = lastLeaf ?? '';
    if (next < end) this.#fault = { kind: 'tiles-missing', seq: next };
  }

  #take(part: RecordPart, result: RecordsResult | 'gone'): void {
    const { segment, task } = part;
    if (result === 'gone') {
      this.#isGone = segment.isRegular;
      if (!segment.isRegular)
        this.#fail({ kind: 'file-irregular', seq: this.#next, offset: 0 }, segment);
      return;
    }
    const before = this.#next;
    if (result.first && !this.#continue(result.first, segment)) return;
    if (result.first) this.#takeRecords(result, segment);
    this.#context.onRead(task.to - task.from, this.#next - before);
    const { fault } = result;
    if (fault) this.#fail(result.first ? fault : { ...fault, seq: this.#next }, segment);
    else if (part.isLast || this.#next === task.limit) this.#finish(segment, task.limit);
  }

  /** Whether the first record of a part is the one that has to follow. */
  #continue(first: NonNullable<RecordsResult['first']>, segment: Segment): boolean {
    const { stream } = this.#context;
    const isNext = first.seq === this.#next && first.prev === this.#link;
    if (isNext && first.stream === stream) return true;
    const { offset } = first;
    const expected = { stream, seq: this.#next, offset, lastOffset: this.#last?.offset ?? offset };
    const fault = placeFault(first, expected);
    // The record before is blamed where this one carries the hash of another.
    const isBefore = fault.seq < this.#next && this.#last !== undefined;
    this.#fail(fault, isBefore ? (this.#last?.segment ?? segment) : segment);
    return false;
  }

  #takeRecords(result: RecordsResult, segment: Segment): void {
    this.roots.append(result);
    for (const mark of result.marks) this.marks.push(mark);
    if (result.next > this.#next) this.#last = { segment, offset: result.lastOffset };
    this.#next = result.next;
    this.#link = result.lastLeaf;
    this.#lastTime = result.lastTime || this.#lastTime;
    this.#endOffset = result.endOffset;
  }

  /** The records of a segment are over: by the name of the next one, or since the file ends. */
  #finish(segment: Segment, limit: number): void {
    this.#done.add(segment);
    const rest = { segment, offset: this.#endOffset, next: this.#next };
    const hasRest = rest.offset < segment.size;
    this.#endOffset = 0;
    if (segment === this.#segments.at(-1)) {
      if (hasRest) this.#tail = rest;
    } else if (this.#next < limit) {
      this.#fail({ kind: 'record-missing', seq: this.#next, offset: rest.offset }, segment);
    } else if (hasRest) this.surplus.push(rest);
  }

  #fail({ kind, seq, offset }: Omit<ChainFault, 'segment'>, segment: Segment): void {
    this.#fault = { kind, seq, segment, ...(offset !== undefined && { offset }) };
  }
}
