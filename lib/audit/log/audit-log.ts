import type { EventLevel } from '../../events/vocabulary.js';
import type { AuditRecord } from '../record/audit-record.js';
import type { LogWatcher } from './log-watcher.js';
import type { ProvenRecord } from './read/prove-record.js';
import type { PseudonymsOf, RecordFilter } from './read/record-filter.js';
import type { VerifyOptions } from './verify/verify-log.js';
import type { VerifyReport } from './verify/verify-report.js';

/** What became of a record. */
export interface Receipt {
  /** `<stream>:<seq>`, unique everywhere. */
  readonly id: string;
  /** 64 hexadecimal digits: SHA-256(0x00 || line). Keep it elsewhere to prove later what was recorded. */
  readonly leafHash: string;
  /** `fdatasync`: on this machine's disk. `none`: in memory only. */
  readonly durability: 'fdatasync' | 'none';
}

/** How an audit log does. */
export interface AuditHealth {
  /**
   * `ok`; `degraded` when something needs attention though critical records are taken (the disk is full, no
   * checkpoint can be signed, records were lost); `failing` when not even those are taken.
   */
  readonly status: 'ok' | 'degraded' | 'failing';
  /** Why, as stable words: `disk-full`, `write-failed`, `queue-full`, `checkpoint-failed`, `lock-lost`, `closed`. */
  readonly reasons: readonly string[];
  /** The stream that this process writes. */
  readonly stream?: string;
  /** How many records wait to be written, and how many bytes they take. */
  readonly queued: { readonly records: number; readonly bytes: number };
  /** Everything below this place is on the disk. */
  readonly durableSeq: number;
  /** Everything below this place is covered by a checkpoint. */
  readonly signedSize: number;
  /** The epoch whose key signs now. */
  readonly epoch: number;
  /** Records that were lost and not yet recorded as such. */
  readonly lost: number;
  /** `thread`, or `inline` where no thread could be started. */
  readonly writer: 'thread' | 'inline' | 'none';
}

/** Where records go, one after the other. */
export abstract class AuditLog {
  /**
   * Makes the log ready; called once when the application starts.
   *
   * @param watcher is told what the log does, if it has files
   */
  abstract open(watcher?: LogWatcher): Promise<void>;

  /**
   * Appends a record and resolves when it is as durable as this log makes it.
   *
   * @param body the record as JSON text without its opening brace, beginning with a field
   * @param level the record's level: there is room for critical ones when there is none for others
   * @throws AuditError when the record could not be made durable
   */
  abstract append(body: string, level?: EventLevel): Promise<Receipt>;

  /**
   * Whether a record of a level, however long, has room among those that wait.
   *
   * @default always
   */
  hasRoomFor(_level: EventLevel): boolean {
    return true;
  }

  /** The newest records that meet a filter, oldest first. */
  abstract query(filter: RecordFilter, pseudonymsOf: PseudonymsOf): Promise<AuditRecord[]>;

  /** Proves that a record is in the log. */
  abstract prove(id: string): Promise<ProvenRecord>;

  /** Verifies the whole log, of all processes. */
  abstract verify(options: VerifyOptions): Promise<VerifyReport>;

  /**
   * Resolves when everything that was appended before is written or refused.
   *
   * @throws AuditError `AUDIT_SINK_FAILED` when there are only sinks, and one has not taken it in 30 seconds
   */
  abstract flush(): Promise<void>;

  /** Signs the log as it is now. @returns the signed note */
  abstract checkpoint(): Promise<string>;

  /** How the log does. Costs nothing. */
  abstract health(): AuditHealth;

  /** Waits for what was appended, then lets go of the log. Nothing can be appended afterwards. */
  abstract close(): Promise<void>;
}
