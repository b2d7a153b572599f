import type { AuditEvent } from '../record/audit-event.js';
import type { AuditRecord } from '../record/audit-record.js';

/** What became of a record. */
export interface Receipt {
  /** `<stream>:<seq>`, unique everywhere. */
  readonly id: string;
  /** 64 hexadecimal digits: SHA-256(0x00 || line). Keep it elsewhere to prove later what was recorded. */
  readonly leafHash: string;
  /** `fdatasync`: on this machine's disk. `none`: in memory only. */
  readonly durability: 'fdatasync' | 'none';
}

/** Where records go, one after the other. */
export abstract class AuditLog {
  /**
   * Makes the log ready; called once when the application starts.
   *
   * @returns what was found that belongs into the log, such as the traces of a crash
   */
  abstract open(): Promise<readonly AuditEvent[]>;

  /**
   * Appends a record and resolves when it is as durable as this log makes it.
   *
   * @param body the record as JSON text without its opening brace, beginning with a field
   * @throws AuditError when the record could not be made durable
   */
  abstract append(body: string): Promise<Receipt>;

  /** The last records, oldest first. */
  abstract tail(limit: number): Promise<AuditRecord[]>;

  /** Waits for what was appended, then lets go of the log. Nothing can be appended afterwards. */
  abstract close(): Promise<void>;
}
