import { parseRecord, type AuditRecord } from '../record/audit-record.js';
import { AuditLog, type AuditHealth, type Receipt } from './audit-log.js';
import { chainLine, type ChainEnd } from './chain.js';
import { genesisHash } from './leaf-hash.js';
import { noFiles } from './no-files.js';
import { limitOf, recordTest, type PseudonymsOf, type RecordFilter } from './read/record-filter.js';

const STREAM = '0-memory00';

/** Keeps records in memory, for tests. */
export class MemoryAuditLog extends AuditLog {
  readonly #lines: string[] = [];
  #end: ChainEnd = { nextSeq: 0, prev: genesisHash(STREAM, new Uint8Array(32)) };

  /** Every record so far, oldest first. */
  get records(): AuditRecord[] {
    return this.#lines.map((line) => parseRecord(line));
  }

  override async open(): Promise<void> {}

  override async append(body: string): Promise<Receipt> {
    const { line, id, leafHash, end } = chainLine(STREAM, this.#end, body);
    this.#lines.push(line.toString('utf8'));
    this.#end = end;
    return { id, leafHash, durability: 'none' };
  }

  override async query(filter: RecordFilter, pseudonymsOf: PseudonymsOf): Promise<AuditRecord[]> {
    const limit = limitOf(filter);
    return this.records.filter(recordTest(filter, pseudonymsOf)).slice(-limit);
  }

  override async prove(): Promise<never> {
    throw noFiles();
  }

  override async verify(): Promise<never> {
    throw noFiles();
  }

  override async flush(): Promise<void> {}

  override async checkpoint(): Promise<never> {
    throw noFiles();
  }

  override health(): AuditHealth {
    const size = this.#lines.length;
    return {
      status: 'ok',
      reasons: [],
      stream: STREAM,
      queued: { records: 0, bytes: 0 },
      durableSeq: size,
      signedSize: 0,
      epoch: 0,
      lost: 0,
      writer: 'none',
    };
  }

  override async close(): Promise<void> {}
}
