import { MemoryAuditLog } from '../audit/log/memory-audit-log.js';
import type { AuditRecord } from '../audit/record/audit-record.js';

/**
 * The audit log of {@link SecurityTestingModule}: keeps records in memory, redacted and chained as the
 * real one writes them.
 *
 * @example
 * const log = moduleRef.get(TestingAuditLog);
 * expect(log.events()).toContain('api_key_refused');
 */
export class TestingAuditLog extends MemoryAuditLog {
  /** The names of all recorded events, oldest first. */
  events(): string[] {
    return this.records.map(({ event }) => event);
  }

  /** The records of one event, oldest first. */
  recordsOf(event: string): AuditRecord[] {
    return this.records.filter((record) => record.event === event);
  }
}
