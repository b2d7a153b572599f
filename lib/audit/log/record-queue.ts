import type { AuditError } from '../../errors/audit.error.js';
import type { EventLevel } from '../../events/vocabulary.js';
import type { Receipt } from './audit-log.js';

/** What waiting costs beside the text, so that many small records do not fill the memory either. */
const WAITING_BYTES = 1024;
const MAX_BATCH_BYTES = 1024 * 1024;
/** What the longest record costs: a line may have 65,535 bytes. */
const LARGEST_COST = 65_535 + WAITING_BYTES;
/** The last quarter is kept for critical records. */
const SHARE_OF_OTHERS = 0.75;

/** A record that waits to be written. */
export interface WaitingRecord {
  readonly body: string;
  /** What it costs to keep, as {@link costOf} has it. */
  readonly cost: number;
  readonly level: EventLevel;
  resolve(receipt: Receipt): void;
  reject(error: AuditError): void;
}

/** Records in the order in which they came, bounded in bytes. */
export class RecordQueue {
  readonly #maxBytes: number;
  #records: WaitingRecord[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#records.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Whether a record of this level still has room.
   *
   * @param cost what it costs to keep
   * @default that of the longest record
   */
  hasRoomFor(level: EventLevel, cost = LARGEST_COST): boolean {
    const limit = level === 'critical' ? this.#maxBytes : this.#maxBytes * SHARE_OF_OTHERS;
    return this.#bytes + cost <= limit;
  }

  push(record: WaitingRecord): void {
    this.#records.push(record);
    this.#bytes += record.cost;
  }

  /** Takes the oldest, as many as are written together. */
  take(): WaitingRecord[] {
    let bytes = 0;
    const end = this.#records.findIndex(({ cost }) => (bytes += cost) > MAX_BATCH_BYTES);
    const batch = end === -1 ? this.#records.splice(0) : this.#records.splice(0, Math.max(1, end));
    this.#bytes -= batch.reduce((sum, { cost }) => sum + cost, 0);
    return batch;
  }
}

/**
 * What it costs to keep a record, in bytes. Counting them also makes one text of the many parts that a body was put
 * together from, of which each would be kept.
 */
export function costOf(body: string): number {
  return Buffer.byteLength(body, 'utf8') + WAITING_BYTES;
}
