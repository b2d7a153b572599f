import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditError } from '../../errors/audit.error.js';
import type { AuditEvent } from '../record/audit-event.js';
import { parseRecord, type AuditRecord } from '../record/audit-record.js';
import { AuditLog, type Receipt } from './audit-log.js';
import { chainLine, type ChainedLine, type ChainEnd } from './chain.js';
import { changedByAnother, closed, foreign, writeFailed } from './file-audit-log.errors.js';
import { recoverEnd } from './recovery.js';
import { syncFolder } from '../../keyring/durable-file.js';
import { adoptStream, unusable, type Stream } from './stream.js';
import { readTail } from './tail.js';
import { setAside } from './torn-tail.js';

const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
/** What waiting costs beside the text, so that many small records do not fill the memory either. */
const WAITING_BYTES = 1024;
const MAX_BATCH_BYTES = 1024 * 1024;
const FIRST_SEGMENT = `seg-${'0'.repeat(16)}.jsonl`;
/** A stream that was begun earlier has no file: it was removed, or the first start of all was cut off. */
const SEGMENT_MISSING: AuditEvent = { event: 'audit_segment_missing', level: 'critical' };

interface Waiting {
  readonly body: string;
  readonly bytes: number;
  resolve(receipt: Receipt): void;
  reject(error: AuditError): void;
}

/**
 * Appends records to a file. Whatever waits while one batch is written and flushed goes into the next
 * batch together, so that many callers share one `fdatasync`.
 */
export class FileAuditLog extends AuditLog {
  readonly #directory: string;
  #stream: Stream | undefined;
  #handle: FileHandle | undefined;
  #path = '';
  #end: ChainEnd = { nextSeq: 0, prev: '' };
  #size = 0;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #newest: Promise<unknown> | undefined;
  #failure: AuditError | undefined;

  constructor(directory: string) {
    super();
    this.#directory = directory;
  }

  override async open(): Promise<readonly AuditEvent[]> {
    try {
      return await this.#openStream();
    } catch (error) {
      throw error instanceof AuditError ? error : unusable(error);
    }
  }

  override append(body: string): Promise<Receipt> {
    const bytes = Buffer.byteLength(body, 'utf8') + WAITING_BYTES;
    const refusal = this.#refusal(bytes);
    if (refusal) return Promise.reject(refusal);
    const appended = new Promise<Receipt>((resolve, reject) => {
      this.#waiting.push({ body, bytes, resolve, reject });
      this.#waitingBytes += bytes;
      this.#writing ??= this.#writeAll();
    });
    this.#newest = appended.catch(() => undefined);
    return appended;
  }

  override async tail(limit: number): Promise<AuditRecord[]> {
    const handle = this.#handle;
    if (!handle) throw closed();
    // Not until nothing waits: under a steady load something always does.
    await this.#newest;
    const enough = await readTail(handle, this.#size, ({ lines }, isWhole) =>
      isWhole || lines.length >= limit ? lines.slice(-limit) : undefined,
    );
    return (enough ?? []).map((line) => parseRecord(line.toString('utf8')));
  }

  override async close(): Promise<void> {
    this.#failure ??= closed();
    await this.#writing;
    await this.#handle?.close();
    await this.#stream?.lock.release();
    this.#handle = undefined;
    this.#stream = undefined;
  }

  async #openStream(): Promise<readonly AuditEvent[]> {
    const stream = await adoptStream(this.#directory);
    try {
      const findings = await this.#openSegment(stream);
      this.#stream = stream;
      return findings;
    } catch (error) {
      await stream.lock.release();
      throw error;
    }
  }

  async #openSegment(stream: Stream): Promise<readonly AuditEvent[]> {
    const known = await lastSegment(stream.folder);
    const path = join(stream.folder, known ?? FIRST_SEGMENT);
    const handle = await open(path, 'a+', 0o600);
    try {
      const { size } = await handle.stat();
      const recovered = await recoverEnd(handle, size, stream.genesis);
      if (!recovered) throw foreign(path);
      const isTorn = recovered.size < size;
      const findings = [
        ...(known === undefined && !stream.isNew ? [SEGMENT_MISSING] : []),
        ...(isTorn ? [await setAside(handle, recovered.size, size, stream.folder)] : []),
      ];
      await syncFolder(stream.folder);
      this.#end = recovered.end;
      this.#size = recovered.size;
      this.#path = path;
      this.#handle = handle;
      return findings;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  #refusal(bytes: number): AuditError | undefined {
    if (this.#failure) return this.#failure;
    if (!this.#handle) return closed();
    if (this.#waitingBytes + bytes <= MAX_QUEUED_BYTES) return undefined;
    const message =
      'too many audit records are waiting to be written: the disk is too slow for them';
    return new AuditError('AUDIT_QUEUE_FULL', message, { status: 503, retryAfterSeconds: 1 });
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        const lines = await this.#writeBatch(batch);
        batch.forEach((each, index) => each.resolve(receiptOf(lines[index])));
      } catch (cause) {
        const error = cause instanceof AuditError ? cause : writeFailed(cause);
        for (const each of batch) each.reject(error);
      }
    }
    this.#writing = undefined;
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex((each) => (bytes += each.bytes) > MAX_BATCH_BYTES);
    const batch = this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(1, end));
    this.#waitingBytes -= batch.reduce((sum, each) => sum + each.bytes, 0);
    return batch;
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<ChainedLine[]> {
    const { name } = this.#stream ?? { name: '' };
    let end = this.#end;
    const lines = batch.map(({ body }) => {
      const chained = chainLine(name, end, body);
      end = chained.end;
      return chained;
    });
    const bytes = Buffer.concat(lines.map(({ line }) => line));
    await this.#writeDurably(bytes);
    this.#end = end;
    this.#size += bytes.length;
    return lines;
  }

  async #writeDurably(bytes: Buffer): Promise<void> {
    const handle = this.#handle;
    if (!handle || this.#isBroken()) throw this.#failure ?? closed();
    try {
      // A full disk shows as a short count first, and as an error only on the next write.
      for (let written = 0; written < bytes.length;) {
        written += (await handle.write(bytes, written)).bytesWritten;
      }
    } catch (cause) {
      await this.#withdraw(handle);
      throw writeFailed(cause);
    }
    try {
      await handle.datasync();
      await this.#assertInPlace(handle, this.#size + bytes.length);
    } catch (cause) {
      // After a failed fsync the kernel may have dropped the pages and call the next one a success.
      throw this.#break(cause);
    }
  }

  /** Bytes that were flushed into a file which was removed, replaced or cut meanwhile are lost all the same. */
  async #assertInPlace(handle: FileHandle, size: number): Promise<void> {
    const [ours, there] = await Promise.all([handle.stat(), stat(this.#path)]);
    if (ours.ino !== there.ino || ours.size !== size) throw changedByAnother();
  }

  /** Takes a batch that was written in part off the file, so that the next one follows a whole record. */
  async #withdraw(handle: FileHandle): Promise<void> {
    try {
      await handle.truncate(this.#size);
    } catch (cause) {
      this.#break(cause);
    }
  }

  #break(cause: unknown): AuditError {
    this.#failure = writeFailed(cause);
    return this.#failure;
  }

  #isBroken(): boolean {
    return this.#failure?.code === 'AUDIT_WRITE_FAILED';
  }
}

async function lastSegment(folder: string): Promise<string | undefined> {
  const segments = (await readdir(folder)).filter((name) => /^seg-\d{16}\.jsonl$/.test(name));
  return segments.toSorted().at(-1);
}

function receiptOf(line: ChainedLine | undefined): Receipt {
  if (!line) throw closed();
  return { id: line.id, leafHash: line.leafHash, durability: 'fdatasync' };
}
