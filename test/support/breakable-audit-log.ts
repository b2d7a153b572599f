import { AuditError } from 'nestjs-security';
import { TestingAuditLog } from 'nestjs-security/testing';

/** What a test can do to a log. */
export interface LogTrouble {
  /** What the log says of itself. */
  status: 'ok' | 'degraded' | 'failing';
  reasons: readonly string[];
  /** Whether so many records wait that no other has room. */
  isFull: boolean;
  /** With what every record is refused. */
  refusal: Error | undefined;
  /** What every record waits for before it is durable. */
  until: Promise<unknown> | undefined;
}

/** A log in memory that a test can bring into trouble. */
export function breakableAuditLog(): { log: TestingAuditLog; trouble: LogTrouble } {
  const trouble: LogTrouble = {
    status: 'ok',
    reasons: [],
    isFull: false,
    refusal: undefined,
    until: undefined,
  };
  const log = new TestingAuditLog();
  const append = log.append.bind(log);
  Object.assign(log, {
    health: () => ({ status: trouble.status, reasons: trouble.reasons }),
    hasRoomFor: () => !trouble.isFull,
    append: async (...given: Parameters<typeof append>) => {
      await trouble.until;
      if (trouble.refusal) throw trouble.refusal;
      return append(...given);
    },
  });
  return { log, trouble };
}

/** How a log refuses a record that the disk did not take. */
export function writeFailure(): AuditError {
  return new AuditError('AUDIT_WRITE_FAILED', 'the disk did not take it', { status: 503 });
}
