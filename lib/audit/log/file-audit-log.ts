import { join, resolve as absolutePath } from 'node:path';
import { AuditError } from '../../errors/audit.error.js';
import type { EventLevel } from '../../events/vocabulary.js';
import type { AuditRecord } from '../record/audit-record.js';
import { AuditLog, type AuditHealth, type Receipt } from './audit-log.js';
import {
  closed,
  lockLost,
  notWritten,
  queueFull,
  refused,
  writeFailed,
} from './file-audit-log.errors.js';
import { healthOf, NOTHING_YET } from './file-audit-log.health.js';
import { findLog } from './found-log.js';
import type { LogWatcher } from './log-watcher.js';
import { proveRecord, type ProvenRecord } from './read/prove-record.js';
import { queryLog } from './read/query-log.js';
import type { PseudonymsOf, RecordFilter } from './read/record-filter.js';
import { costOf, RecordQueue, type WaitingRecord } from './record-queue.js';
import { removeLitter } from './remove-litter.js';
import { adoptStream, missingStreams, unusable, type Stream } from './stream.js';
import { verifyLog, type VerifyOptions } from './verify/verify-log.js';
import type { VerifyReport } from './verify/verify-report.js';
import { Gap } from './writer/gap.js';
import type { OwnRecord } from './writer/own-record.js';
import type { SegmentSystem } from './writer/segment-file.js';
import { WRITER_LIMITS, type WriterLimits } from './writer/writer-setup.js';
import type { Written } from './writer/batch-parts.js';
import { WriterSupervisor } from './writer/writer-supervisor.js';

const LOCK_INTERVAL_MS = 1000;
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
/** How a {@link FileAuditLog} differs from the usual. */
export interface FileAuditLogOptions {
  /** The folder of the private keys. @default `<directory>/keys` */
  readonly keyDirectory?: string;
  readonly limits?: Partial<WriterLimits>;
  /** Where the writing is done. @default 'thread' */
  readonly writer?: 'thread' | 'inline';
  /** The calls of the system, other than the real ones in a test; for `inline` only. */
  readonly system?: SegmentSystem;
}

/**
 * Appends records to files. Whatever waits while one batch is written and flushed goes into the next
 * batch together, so that many callers share one `fdatasync`.
 */
export class FileAuditLog extends AuditLog {
  readonly #directory: string;
  readonly #keyFolder: string;
  readonly #options: FileAuditLogOptions;
  readonly #queue = new RecordQueue(MAX_QUEUED_BYTES);
  readonly #gap = new Gap();
  #stream: Stream | undefined;
  #writer: WriterSupervisor | undefined;
  #watcher: LogWatcher | undefined;
  #state = NOTHING_YET;
  #isClosing = false;
  #writing: Promise<void> | undefined;
  /** Another process has taken the stream, since somebody removed the lock. */
  #isOusted = false;
  #lockTimer: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;
  #newest: Promise<unknown> = Promise.resolve();

  constructor(directory: string, options: FileAuditLogOptions = {}) {
    super();
    // What is opened later, by another thread too, must not hang on where the process is then.
    this.#directory = absolutePath(directory);
    this.#keyFolder = absolutePath(options.keyDirectory ?? join(directory, 'keys'));
    this.#options = options;
  }

  override async open(watcher?: LogWatcher): Promise<void> {
    // Nobody would let go of what is taken now.
    if (this.#isClosing) throw closed();
    this.#watcher = watcher;
    try {
      await this.#open();
    } catch (error) {
      throw error instanceof AuditError ? error : unusable(error);
    }
  }

  override append(body: string, level: EventLevel = 'info'): Promise<Receipt> {
    if (!this.#writer || this.#isClosing) return Promise.reject(closed());
    if (this.#isOusted) return Promise.reject(lockLost());
    const cost = costOf(body);
    if (!this.#queue.hasRoomFor(level, cost)) return Promise.reject(this.#tooMany(level));
    const appended = new Promise<Receipt>((resolve, reject) => {
      this.#queue.push({ body, cost, level, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
    this.#newest = appended;
    return appended;
  }

  override hasRoomFor(level: EventLevel): boolean {
    return this.#queue.hasRoomFor(level);
  }

  override async query(filter: RecordFilter, pseudonymsOf: PseudonymsOf): Promise<AuditRecord[]> {
    if (!this.#writer) throw closed();
    await this.flush();
    return queryLog(this.#directory, filter, pseudonymsOf);
  }

  override async prove(id: string): Promise<ProvenRecord> {
    if (!this.#writer) throw closed();
    const [stream, seq] = id.split(':');
    const isOwn = stream === this.#stream?.name;
    if (isOwn && Number(seq) >= this.#state.signedSize) await this.checkpoint();
    return proveRecord(this.#directory, id);
  }

  override async verify(options: VerifyOptions): Promise<VerifyReport> {
    await this.flush();
    return verifyLog(this.#directory, options);
  }

  override async flush(): Promise<void> {
    // Not until nothing waits: under a steady load something always does.
    await this.#newest.catch(() => undefined);
  }

  override async checkpoint(): Promise<string> {
    await this.flush();
    if (!this.#writer || this.#isClosing) throw closed();
    try {
      return await this.#writer.checkpoint();
    } catch (cause) {
      throw notWritten(cause);
    }
  }

  override health(): AuditHealth {
    return healthOf({
      stream: this.#stream?.name,
      state: this.#state,
      queue: this.#queue,
      gap: this.#gap,
      writer: this.#writer,
      isClosing: this.#isClosing,
      isOusted: this.#isOusted,
    });
  }

  override close(): Promise<void> {
    this.#isClosing = true;
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    clearInterval(this.#lockTimer);
    await this.#writing;
    if (this.#isOusted) return this.#leave();
    try {
      if (this.#gap.isOpen) await this.#writeBatch([]);
      await this.#writer?.close();
    } catch (cause) {
      throw notWritten(cause);
    } finally {
      await this.#letGo(this.#stream);
      this.#writer = undefined;
      this.#stream = undefined;
    }
  }

  /** While sinks and anchors get the rest, no other process may take the stream. */
  async #letGo(stream: Stream | undefined): Promise<void> {
    try {
      if (stream) await this.#watcher?.afterWriting();
    } finally {
      await stream?.lock.release();
    }
  }

  /** What the stream is now is another process's: not a byte more, not even a final checkpoint. */
  async #leave(): Promise<void> {
    await this.#writer?.abandon();
    await this.#watcher?.afterWriting();
    this.#writer = undefined;
    this.#stream = undefined;
  }

  async #checkLock(): Promise<void> {
    if (this.#isOusted || (await this.#stream?.lock.keep()) !== false) return;
    this.#isOusted = true;
    await this.#writer?.abandon();
  }

  async #open(): Promise<void> {
    const stream = await adoptStream(this.#directory, this.#keyFolder);
    try {
      await removeLitter({ directory: this.#directory, ...stream });
      await this.#watcher?.beforeWriting(await findLog(stream));
      const missing = await missingStreams(this.#directory, this.#keyFolder);
      const writer = this.#supervise(stream, missing.map(streamMissing));
      await writer.open();
      this.#stream = stream;
      this.#writer = writer;
      this.#lockTimer = setInterval(
        () => void this.#checkLock().catch(() => undefined),
        LOCK_INTERVAL_MS,
      );
      this.#lockTimer.unref();
    } catch (error) {
      await this.#letGo(stream);
      throw error;
    }
  }

  #supervise(stream: Stream, findings: OwnRecord[]): WriterSupervisor {
    const { name, folder, keyFolder, genesis, firstKey } = stream;
    const { limits, writer = 'thread', system } = this.#options;
    return new WriterSupervisor({
      setup: {
        stream: name,
        folder,
        keyFolder,
        genesis,
        findings,
        limits: { ...WRITER_LIMITS, ...limits },
      },
      firstKey,
      mode: writer,
      ...(system && { system }),
      onCheckpoint: (note) => this.#watcher?.onCheckpoint(note),
      onState: (state) => {
        this.#state = state;
        this.#watcher?.onDurable(state.durableSeq);
        this.#tellLosses();
      },
    });
  }

  /** What was lost while no writer could be started is told though no other record comes. */
  #tellLosses(): void {
    if (this.#writer?.isDown === false && this.#gap.isOpen && !this.#isClosing)
      this.#writing ??= this.#writeAll();
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
      const written = await this.#writer?.write({ bodies, critical, losses });
      if (!written) throw closed();
      this.#answer(batch, written);
    } catch (cause) {
      for (const loss of losses) this.#gap.add(loss);
      for (const waiting of batch) {
        this.#lose('write-failed', waiting.level);
        waiting.reject(writeFailed(cause));
      }
    }
  }

  #answer(batch: readonly WaitingRecord[], { places, reason, code }: Written): void {
    const name = this.#stream?.name ?? '';
    for (const [index, waiting] of batch.entries()) {
      const place = places[index];
      if (place) {
        const { seq, leafHash } = place;
        waiting.resolve({ id: `${name}:${seq}`, leafHash, durability: 'fdatasync' });
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

function streamMissing(stream: string): OwnRecord {
  return { event: 'audit_stream_missing', level: 'critical', details: { stream } };
}
