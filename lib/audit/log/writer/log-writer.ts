import { BatchMemory } from '../batch-memory.js';
import { chainBodies, type ChainedBodies as Chained, type ChainEnd } from '../chain.js';
import type { Checkpointer } from './checkpointer.js';
import type { DiskReserve } from './disk-reserve.js';
import { Gap } from './gap.js';
import { ownRecordBody, type OwnRecord } from './own-record.js';
import { writeFault, type SegmentFault } from './segment-fault.js';
import type { SegmentSeries } from './segment-series.js';
import type { WriterBatch, WriterResult, WriterState } from './writer-setup.js';

/** A disk that takes no new file either will not take the next one. */
const ATTEMPTS = 3;
const RETRY_MS = 250;

/** What a writer begins with. */
export interface WriterParts {
  readonly stream: string;
  readonly end: ChainEnd;
  readonly segments: SegmentSeries;
  readonly checkpoints: Checkpointer;
  readonly reserve: DiskReserve;
  readonly epoch: () => number;
}

/**
 * Writes a stream: chains records, appends them, waits for the disk, and goes on when something is in the
 * way. Everything here is synchronous and runs where nothing else waits for it.
 */
export class LogWriter {
  readonly #parts: WriterParts;
  readonly #segments: SegmentSeries;
  readonly #gap = new Gap();
  readonly #memory = new BatchMemory();
  #end: ChainEnd;
  /** What the log has to say of itself, behind the next records. */
  #own: OwnRecord[] = [];
  #disk: WriterState['disk'] = 'ok';
  #refusesCritical = false;
  #triedAt = -Infinity;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#end = parts.end;
    this.#segments = parts.segments;
  }

  /** Writes records, or as many of them as the disk takes, and says which. Never throws. */
  write({ bodies, critical, losses }: WriterBatch): WriterResult {
    for (const loss of losses) this.#gap.add(loss);
    if (this.#disk === 'full' && !this.#hasRoomAgain())
      return this.#writeCritical(bodies, critical);
    try {
      return this.#result(this.#append(bodies), []);
    } catch (error) {
      const { kind, code } = writeFault(error);
      if (kind === 'full') {
        this.#disk = 'full';
        return this.#writeCritical(bodies, critical);
      }
      this.#disk = 'failing';
      return this.#refuse(bodies, critical, { reason: 'write-failed', code });
    }
  }

  /** Does what need not be done before the callers have their answer: the tree, and checkpoints that are due. */
  settle(): void {
    this.#parts.checkpoints.writeIfDue();
  }

  /** What is due by the clock: what the log has to say of itself, checkpoints, the end of an epoch. */
  tick(): WriterState {
    if (this.#hasNews() && (this.#disk !== 'full' || this.#hasRoomAgain())) {
      try {
        this.#append([]);
      } catch (error) {
        this.#disk = writeFault(error).kind === 'full' ? 'full' : 'failing';
      }
    }
    this.settle();
    return this.state();
  }

  /** Adds something to say of the log itself. */
  say(record: OwnRecord): void {
    this.#own.push(record);
  }

  state(): WriterState {
    const { checkpoints, epoch } = this.#parts;
    const { uncovered, failure } = checkpoints;
    return {
      durableSeq: this.#end.nextSeq,
      signedSize: this.#end.nextSeq - uncovered,
      epoch: epoch(),
      disk: this.#disk,
      refusesCritical: this.#refusesCritical,
      losses: this.#gap.losses,
      ...(failure !== undefined && { checkpointFailure: failure }),
    };
  }

  /** Signs the log as it is now. */
  checkpoint(): string {
    return this.#parts.checkpoints.write();
  }

  /**
   * Writes what is still to say, and the final checkpoint.
   *
   * @throws SegmentFault when what is to say could not be written; any error of the system when the checkpoint
   * could not
   */
  close(): void {
    const untold = this.#tellAtLast();
    try {
      // Nobody else knows of it, so the next start must not take this for an end in order.
      this.#parts.checkpoints.write(untold ? 'open' : 'closed');
    } finally {
      this.#segments.close();
      this.#parts.checkpoints.close();
    }
    if (untold) throw untold;
  }

  #hasNews(): boolean {
    return this.#own.length > 0 || this.#gap.isOpen;
  }

  /** There is no later attempt, so what was lost is told in the room that is kept for what is critical. */
  #tellAtLast(): SegmentFault | undefined {
    this.#disk = 'ok';
    try {
      if (this.#hasNews()) this.#appendWithReserve([]);
      return undefined;
    } catch (error) {
      return writeFault(error);
    }
  }

  #append(bodies: readonly string[]): Chained {
    // The reserve is for what is critical; what was lost meanwhile is told once there is room again.
    const tellsGap = this.#disk !== 'full';
    for (let attempt = 1; ; attempt += 1) {
      const own = [...this.#own, ...(tellsGap ? this.#gap.records() : [])];
      const all = [...bodies, ...own.map((each) => ownRecordBody(each))];
      const chained = chainBodies(this.#parts.stream, this.#end, all, this.#memory);
      if (all.length === 0) return chained;
      try {
        this.#segments.append(chained.bytes, chained.firstSeq);
        this.#wrote(chained);
        if (tellsGap) this.#gap.clear();
        return { ...chained, hashes: chained.hashes.slice(0, bodies.length) };
      } catch (error) {
        const fault = writeFault(error);
        if (fault.kind === 'full') throw fault;
        this.#own.push(...this.#segments.leave(fault));
        if (attempt === ATTEMPTS) throw fault;
      }
    }
  }

  #wrote({ end, hashes }: Chained): void {
    this.#parts.checkpoints.append(hashes);
    this.#end = end;
    this.#own = [];
    this.#refusesCritical = false;
    if (this.#disk === 'failing') this.#disk = 'ok';
  }

  /** While the disk is full, room that comes back goes to the reserve first. */
  #hasRoomAgain(): boolean {
    const now = performance.now();
    if (now - this.#triedAt < RETRY_MS) return false;
    this.#triedAt = now;
    if (!this.#parts.reserve.take()) return false;
    this.#disk = 'ok';
    return true;
  }

  #writeCritical(bodies: readonly string[], critical: readonly number[]): WriterResult {
    const chosen = critical.map((index) => bodies[index] ?? '');
    const isCritical = new Set(critical);
    const others = [...bodies.keys()].filter((index) => !isCritical.has(index));
    const why = { reason: 'disk-full', code: 'ENOSPC' } as const;
    this.#lose(others.length, 0, why.reason);
    if (chosen.length === 0) return this.#result(undefined, others, why);
    try {
      return this.#result(this.#appendWithReserve(chosen), others, why);
    } catch {
      this.#lose(critical.length, critical.length, why.reason);
      return this.#result(undefined, [...bodies.keys()], why);
    }
  }

  #appendWithReserve(bodies: readonly string[]): Chained {
    try {
      return this.#append(bodies);
    } catch (error) {
      if (!this.#parts.reserve.spend()) throw error;
      this.#own.push({ event: 'audit_disk_reserve_spent', level: 'critical' });
      return this.#append(bodies);
    }
  }

  #refuse(
    bodies: readonly string[],
    critical: readonly number[],
    why: { reason: 'write-failed'; code: string },
  ): WriterResult {
    this.#lose(bodies.length, critical.length, why.reason);
    return this.#result(undefined, [...bodies.keys()], why);
  }

  #lose(lost: number, critical: number, reason: 'disk-full' | 'write-failed'): void {
    const now = Date.now();
    if (critical > 0 || reason === 'write-failed') this.#refusesCritical = true;
    if (lost > 0) this.#gap.add({ reason, lost, critical, since: now, until: now });
  }

  #result(
    written: Chained | undefined,
    refused: readonly number[],
    why?: Pick<WriterResult, 'reason' | 'code'>,
  ): WriterResult {
    return {
      firstSeq: written?.firstSeq ?? this.#end.nextSeq,
      leafHashes: written?.hashes.join('') ?? '',
      refused,
      ...(refused.length > 0 && why),
      state: this.state(),
    };
  }
}
