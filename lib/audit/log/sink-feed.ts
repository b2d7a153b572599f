import { AuditError } from '../../errors/audit.error.js';
import type { EventLevel } from '../../events/vocabulary.js';
import type { AuditSink, ShippedRecord } from '../ship/audit-sink.js';
import { backoffMs, DEFAULT_BACKOFF } from '../ship/backoff.js';
import { pause, within } from '../ship/pause.js';
import { WatchedCall } from '../ship/watched-call.js';

const MAX_BYTES = 16 * 1024 * 1024;
/** The last quarter is kept for critical records. */
const SHARE_OF_OTHERS = 0.75;
const WAITING_BYTES = 1024;
const LONGEST_LINE = 65_535;
const MAX_BATCH = 500;
const MAX_BATCH_BYTES = 1024 * 1024;
const FLUSH_TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** Records that wait in memory for one sink: in order, at least once, bounded in bytes. */
export class SinkFeed {
  readonly #sink: AuditSink;
  readonly #end = new AbortController();
  readonly #call = new WatchedCall(() => (this.#failures += 1));
  #records: ShippedRecord[] = [];
  #bytes = 0;
  #failures = 0;
  #taken = 0;
  /** Who waits until the sink has taken so many records. */
  readonly #waiters = new Map<() => void, number>();
  #isRunning = false;

  constructor(sink: AuditSink) {
    this.#sink = sink;
  }

  get length(): number {
    return this.#records.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /**
   * Whether a record of this level still has room.
   *
   * @param length how long it is
   * @default as long as a record may be
   */
  hasRoomFor(level: EventLevel, length = LONGEST_LINE): boolean {
    const limit = level === 'critical' ? MAX_BYTES : MAX_BYTES * SHARE_OF_OTHERS;
    return this.#bytes + length + WAITING_BYTES <= limit;
  }

  push(record: ShippedRecord): void {
    this.#records.push(record);
    this.#bytes += costOf(record);
    if (!this.#isRunning) void this.#run();
  }

  /**
   * Resolves when the sink has what was pushed before, or the feed has ended.
   *
   * @throws AuditError `AUDIT_SINK_FAILED` when that takes longer: the records go on waiting
   */
  async drained(timeoutMs = FLUSH_TIMEOUT_MS): Promise<void> {
    const taken = this.#taken + this.#records.length;
    if (taken === this.#taken || this.#end.signal.aborted) return;
    let done = (): void => undefined;
    const drained = new Promise<void>((resolve) => (done = resolve));
    this.#waiters.set(done, taken);
    if (await within(drained, timeoutMs)) return;
    this.#waiters.delete(done);
    throw notTaken(this.#sink.name, timeoutMs);
  }

  /** Gives the sink some time for the rest. */
  async close(timeoutMs = CLOSE_TIMEOUT_MS): Promise<void> {
    await this.drained(timeoutMs).catch(() => undefined);
    this.#end.abort();
    this.#call.abort();
    this.#tellWaiters(Infinity);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#records.length > 0 && !this.#end.signal.aborted) {
      const batch = this.#nextBatch();
      try {
        await this.#call.run((signal) => this.#sink.write(batch, signal));
        this.#took(batch);
      } catch {
        this.#failures += 1;
        await pause(backoffMs(this.#failures, DEFAULT_BACKOFF), this.#end.signal);
      }
    }
    this.#isRunning = false;
  }

  #took(batch: readonly ShippedRecord[]): void {
    this.#failures = 0;
    this.#records.splice(0, batch.length);
    this.#bytes -= batch.reduce((sum, record) => sum + costOf(record), 0);
    this.#taken += batch.length;
    this.#tellWaiters(this.#taken);
  }

  #tellWaiters(taken: number): void {
    for (const [done, awaited] of this.#waiters) {
      if (awaited > taken) continue;
      this.#waiters.delete(done);
      done();
    }
  }

  #nextBatch(): ShippedRecord[] {
    let bytes = 0;
    const end = this.#records.findIndex(
      (record, index) => index === MAX_BATCH || (bytes += costOf(record)) > MAX_BATCH_BYTES,
    );
    return this.#records.slice(0, end === -1 ? this.#records.length : Math.max(1, end));
  }
}

function costOf({ line }: ShippedRecord): number {
  return line.length + WAITING_BYTES;
}

function notTaken(sink: string, ms: number): AuditError {
  return new AuditError(
    'AUDIT_SINK_FAILED',
    `the sink ${sink} has not taken all records within ${ms / 1000} seconds: they wait in memory, and are sent as soon as it takes them`,
    { status: 503 },
  );
}
