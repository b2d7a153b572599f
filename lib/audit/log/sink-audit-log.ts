import { AuditError } from '../../errors/audit.error.js';
import type { EventLevel } from '../../events/vocabulary.js';
import type { AuditSink, ShippedRecord } from '../ship/audit-sink.js';
import { AuditLog, type AuditHealth, type Receipt } from './audit-log.js';
import { chainLine, type ChainEnd } from './chain.js';
import { closed } from './file-audit-log.errors.js';
import { genesisHash } from './leaf-hash.js';
import { noFiles } from './no-files.js';
import { SinkFeed } from './sink-feed.js';
import { newStreamName } from './stream-name.js';
import { Gap } from './writer/gap.js';
import { ownRecordBody } from './writer/own-record.js';

/**
 * Hands records to sinks only, for places without a disk of their own. Records are chained in a stream of
 * this process, and wait in memory, so a receipt promises nothing: `durability` is `none`. What a crash
 * takes is gone, and nothing is signed.
 */
export class SinkAuditLog extends AuditLog {
  readonly #stream = newStreamName(0);
  readonly #feeds: readonly SinkFeed[];
  readonly #gap = new Gap();
  #end: ChainEnd = { nextSeq: 0, prev: genesisHash(this.#stream, new Uint8Array(32)) };
  #isOpen = false;

  constructor(sinks: readonly AuditSink[]) {
    super();
    this.#feeds = sinks.map((sink) => new SinkFeed(sink));
  }

  override async open(): Promise<void> {
    this.#isOpen = true;
  }

  override async append(body: string, level: EventLevel = 'info'): Promise<Receipt> {
    if (!this.#isOpen) throw closed();
    if (!this.#feeds.every((feed) => feed.hasRoomFor(level, body.length)))
      throw this.#tooMany(level);
    this.#tellLosses();
    return this.#add(body);
  }

  override hasRoomFor(level: EventLevel): boolean {
    return this.#feeds.every((feed) => feed.hasRoomFor(level));
  }

  override async query(): Promise<never> {
    throw noFiles();
  }

  override async prove(): Promise<never> {
    throw noFiles();
  }

  override async verify(): Promise<never> {
    throw noFiles();
  }

  override async flush(): Promise<void> {
    await Promise.all(this.#feeds.map((feed) => feed.drained()));
  }

  override async checkpoint(): Promise<never> {
    throw noFiles();
  }

  override health(): AuditHealth {
    const isFull = !this.hasRoomFor('critical');
    const failing = this.#feeds.filter(({ isFailing }) => isFailing);
    return {
      status: !this.#isOpen || isFull ? 'failing' : failing.length > 0 ? 'degraded' : 'ok',
      reasons: [
        ...(this.#isOpen ? [] : ['closed']),
        ...(failing.length > 0 ? ['sink-failed'] : []),
        ...(isFull || this.#gap.isOpen ? ['queue-full'] : []),
      ],
      stream: this.#stream,
      queued: {
        records: Math.max(0, ...this.#feeds.map(({ length }) => length)),
        bytes: this.#feeds.reduce((sum, { bytes }) => sum + bytes, 0),
      },
      durableSeq: 0,
      signedSize: 0,
      epoch: 0,
      lost: this.#gap.lost,
      writer: 'none',
    };
  }

  override async close(): Promise<void> {
    // In memory there is always room for one more.
    if (this.#isOpen) this.#tellLosses();
    this.#isOpen = false;
    await Promise.all(this.#feeds.map((feed) => feed.close()));
  }

  #add(body: string): Receipt {
    const { line, id, leafHash, end } = chainLine(this.#stream, this.#end, body);
    const record: ShippedRecord = {
      id,
      stream: this.#stream,
      seq: this.#end.nextSeq,
      leafHash,
      line: line.toString('utf8', 0, line.length - 1),
    };
    this.#end = end;
    for (const feed of this.#feeds) feed.push(record);
    return { id, leafHash, durability: 'none' };
  }

  #tellLosses(): void {
    for (const record of this.#gap.records()) this.#add(ownRecordBody(record));
    this.#gap.clear();
  }

  #tooMany(level: EventLevel): AuditError {
    const now = Date.now();
    const critical = level === 'critical' ? 1 : 0;
    this.#gap.add({ reason: 'queue-full', lost: 1, critical, since: now, until: now });
    const message = 'too many audit records are waiting for a sink';
    return new AuditError('AUDIT_QUEUE_FULL', message, { status: 503, retryAfterSeconds: 1 });
  }
}
