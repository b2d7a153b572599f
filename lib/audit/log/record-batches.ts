import type { AuditError } from '../../errors/audit.error.js';
import type { EventLevel } from '../../events/vocabulary.js';
import type { Receipt } from './audit-log.js';
import { queueFull, refused, writeFailed } from './file-audit-log.errors.js';
import { costOf, RecordQueue, type WaitingRecord } from './record-queue.js';
import type { Written } from './writer/batch-parts.js';
import { Gap } from './writer/gap.js';
import type { WriterBatch } from './writer/writer-setup.js';

const MAX_QUEUED_BYTES = 16 * 1024 * 1024;

/** Where batches go. */
export interface BatchTarget {
  /** The stream's name. */
  readonly stream: () => string;
  /** Rejects when nothing is known of what became of the batch. */
  readonly write: (batch: WriterBatch) => Promise<Written>;
}

/**
 * Hands records to a writer, in their order. Whatever waits while one batch is written and flushed goes into
 * the next batch together, so that many callers share one `fdatasync`.
 */
export class RecordBatches {
  readonly #target: BatchTarget;
  readonly #queue = new RecordQueue(MAX_QUEUED_BYTES);
  readonly #gap = new Gap();
  #writing: Promise<void> | undefined;
  #newest: Promise<unknown> = Promise.resolve();

  constructor(target: BatchTarget) {
    this.#target = target;
  }

  /** The records that wait. */
  get queue(): Pick<RecordQueue, 'length' | 'bytes' | 'hasRoomFor'> {
    return this.#queue;
  }

  /** What was lost before it came to the writer. */
  get gap(): Pick<Gap, 'isOpen' | 'losses'> {
    return this.#gap;
  }

  /**
   * @returns what the writer says of the record; rejects when it has not written it
   * @throws AuditError `AUDIT_QUEUE_FULL` as a rejection, when too many are waiting
   */
  append(body: string, level: EventLevel): Promise<Receipt> {
    const cost = costOf(body);
    if (!this.#queue.hasRoomFor(level, cost)) return Promise.reject(this.#tooMany(level));
    const appended = new Promise<Receipt>((resolve, reject) => {
      this.#queue.push({ body, cost, level, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
    this.#newest = appended;
    return appended;
  }

  /** Resolves when what was appended before is written or refused; later records do not hold it up. */
  async flush(): Promise<void> {
    // Not until nothing waits: under a steady load something always does.
    await this.#newest.catch(() => undefined);
  }

  /** Tells the writer of losses though no other record comes. */
  tellLosses(): void {
    if (this.#gap.isOpen) this.#writing ??= this.#writeAll();
  }

  /** Resolves when nothing is written any more. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Tells the writer of the last losses, when nothing is appended any more. */
  async end(): Promise<void> {
    await this.settled();
    if (this.#gap.isOpen) await this.#writeBatch([]);
  }

  /** Begins when this turn of the event loop is over, so that callers of one turn share a batch. */
  async #writeAll(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    do await this.#writeBatch(this.#queue.take());
    while (this.#queue.length > 0);
    this.#writing = undefined;
  }

  async #writeBatch(batch: readonly WaitingRecord[]): Promise<void> {
    const losses = this.#gap.take();
    try {
      const critical = batch.flatMap(({ level }, index) => (level === 'critical' ? [index] : []));
      const bodies = batch.map(({ body }) => body);
      this.#answer(batch, await this.#target.write({ bodies, critical, losses }));
    } catch (cause) {
      for (const loss of losses) this.#gap.add(loss);
      for (const waiting of batch) {
        this.#lose('write-failed', waiting.level);
        waiting.reject(writeFailed(cause));
      }
    }
  }

  #answer(batch: readonly WaitingRecord[], { places, reason, code }: Written): void {
    const stream = this.#target.stream();
    for (const [index, waiting] of batch.entries()) {
      const place = places[index];
      if (place) {
        const { seq, leafHash } = place;
        waiting.resolve({ id: `${stream}:${seq}`, leafHash, durability: 'fdatasync' });
      } else waiting.reject(refused(reason, code));
    }
  }

  #tooMany(level: EventLevel): AuditError {
    this.#lose('queue-full', level);
    return queueFull();
  }

  #lose(reason: 'queue-full' | 'write-failed', level: EventLevel): void {
    const now = Date.now();
    const critical = level === 'critical' ? 1 : 0;
    this.#gap.add({ reason, lost: 1, critical, since: now, until: now });
  }
}
