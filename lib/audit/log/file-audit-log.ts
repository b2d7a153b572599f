import { join, resolve as absolutePath } from 'node:path';
import { AuditError } from '../../errors/audit.error.js';
import type { EventLevel } from '../../events/vocabulary.js';
import type { AuditRecord } from '../record/audit-record.js';
import { AuditLog, type AuditHealth, type Receipt } from './audit-log.js';
import { closed, lockLost, notWritten } from './file-audit-log.errors.js';
import { healthOf, NOTHING_YET } from './file-audit-log.health.js';
import { findLog } from './found-log.js';
import type { LogWatcher } from './log-watcher.js';
import { proveRecord, type ProvenRecord } from './read/prove-record.js';
import { queryLog } from './read/query-log.js';
import type { PseudonymsOf, RecordFilter } from './read/record-filter.js';
import { RecordBatches } from './record-batches.js';
import { removeLitter } from './remove-litter.js';
import { adoptStream, missingStreams, unusable, type Stream } from './stream.js';
import { verifyLog, type VerifyOptions } from './verify/verify-log.js';
import type { VerifyReport } from './verify/verify-report.js';
import type { OwnRecord } from './writer/own-record.js';
import type { SegmentSystem } from './writer/segment-file.js';
import { WRITER_LIMITS, type WriterLimits } from './writer/writer-setup.js';
import { WriterSupervisor } from './writer/writer-supervisor.js';

const LOCK_INTERVAL_MS = 1000;

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

/** Appends records to files, as long as this process has the stream. */
export class FileAuditLog extends AuditLog {
  readonly #directory: string;
  readonly #keyFolder: string;
  readonly #options: FileAuditLogOptions;
  readonly #batches = new RecordBatches({
    stream: () => this.#stream?.name ?? '',
    write: (batch) => this.#writer?.write(batch) ?? Promise.reject(closed()),
  });
  #stream: Stream | undefined;
  #writer: WriterSupervisor | undefined;
  #watcher: LogWatcher | undefined;
  #state = NOTHING_YET;
  #isClosing = false;
  /** Another process has taken the stream, since somebody removed the lock. */
  #isOusted = false;
  #lockTimer: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

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
    return this.#batches.append(body, level);
  }

  override hasRoomFor(level: EventLevel): boolean {
    return this.#batches.queue.hasRoomFor(level);
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

  override flush(): Promise<void> {
    return this.#batches.flush();
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
      queue: this.#batches.queue,
      gap: this.#batches.gap,
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
    await this.#batches.settled();
    if (this.#isOusted) return this.#leave();
    try {
      await this.#batches.end();
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
    if (this.#writer?.isDown === false && !this.#isClosing) this.#batches.tellLosses();
  }
}

function streamMissing(stream: string): OwnRecord {
  return { event: 'audit_stream_missing', level: 'critical', details: { stream } };
}
