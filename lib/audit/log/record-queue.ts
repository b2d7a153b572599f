import type { AuditError } from '../../errors/audit.error.js';
import type { EventLevel } from '../../events/vocabulary.js';
import type { Receipt } from './audit-log.js';

/** What waiting costs beside the text, so that many small records do not fill the memory either. */
const WAITING_BYTES = 1024;
const MAX_BATCH_BYTES = 1024 * 1024;
/** The last quarter is kept for critical records. */
const SHARE_OF_OTHERS = 0.75;

/** A record that waits to be written. */
export interface WaitingRecord {
  readonly body: string;
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

  /** Whether a record of this kind still has room. */
  hasRoomFor(body: string, level: EventLevel): boolean {
    const limit = level === 'critical' ? this.#maxBytes : this.#maxBytes * SHARE_OF_OTHERS;
    return this.#bytes + costOf(body) <= limit;
  }

  push(record: WaitingRecord): void {
    this.#records.push(record);
    this.#bytes += costOf(record.body);
  }

  /** Takes the oldest, as many as are written together. */
  take(): WaitingRecord[] {
    let bytes = 0;
    const end = this.#records.findIndex(({ body }) => (bytes += costOf(body)) > MAX_BATCH_BYTES);
    const batch = end === -1 ? this.#records.splice(0) : this.#records.splice(0, Math.max(1, end));
    this.#bytes -= batch.reduce((sum, { body }) => sum + costOf(body), 0);
    return batch;
  }
}

/** In memory a character takes one byte or two; counting exactly would read the whole text. */
function costOf(body: string): number {
  return body.length + WAITING_BYTES;
}
