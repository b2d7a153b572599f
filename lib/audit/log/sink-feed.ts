import type { EventLevel } from '../../events/vocabulary.js';
import type { AuditSink, ShippedRecord } from '../ship/audit-sink.js';
import { backoffMs, DEFAULT_BACKOFF } from '../ship/backoff.js';
import { pause, within } from '../ship/pause.js';

const MAX_BYTES = 16 * 1024 * 1024;
/** The last quarter is kept for critical records. */
const SHARE_OF_OTHERS = 0.75;
const WAITING_BYTES = 1024;
const MAX_BATCH = 500;
const MAX_BATCH_BYTES = 1024 * 1024;
const WRITE_TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** Records that wait in memory for one sink: in order, at least once, bounded in bytes. */
export class SinkFeed {
  readonly #sink: AuditSink;
  readonly #end = new AbortController();
  #records: ShippedRecord[] = [];
  #bytes = 0;
  #failures = 0;
  #running: Promise<void> | undefined;

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

  hasRoomFor(length: number, level: EventLevel): boolean {
    const limit = level === 'critical' ? MAX_BYTES : MAX_BYTES * SHARE_OF_OTHERS;
    return this.#bytes + length + WAITING_BYTES <= limit;
  }

  push(record: ShippedRecord): void {
    this.#records.push(record);
    this.#bytes += costOf(record);
    this.#running ??= this.#run();
  }

  /** Resolves when the sink has what was pushed before, or the feed has ended. */
  async drained(): Promise<void> {
    await this.#running;
  }

  /** Gives the sink five seconds for the rest. */
  async close(): Promise<void> {
    await within(this.drained(), CLOSE_TIMEOUT_MS);
    this.#end.abort();
  }

  async #run(): Promise<void> {
    while (this.#records.length > 0 && !this.#end.signal.aborted) {
      const batch = this.#nextBatch();
      const limits = [this.#end.signal, AbortSignal.timeout(WRITE_TIMEOUT_MS)];
      try {
        await this.#sink.write(batch, AbortSignal.any(limits));
        this.#failures = 0;
        this.#records.splice(0, batch.length);
        this.#bytes -= batch.reduce((sum, record) => sum + costOf(record), 0);
      } catch {
        this.#failures += 1;
        await pause(backoffMs(this.#failures, DEFAULT_BACKOFF), this.#end.signal);
      }
    }
    this.#running = undefined;
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
