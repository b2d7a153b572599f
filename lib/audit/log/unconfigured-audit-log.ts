import { SecurityConfigurationError } from '../../errors/security-configuration.error.js';
import { AuditLog, type AuditHealth } from './audit-log.js';

/** Stands where a log would, when none is configured: using it says how to configure one. */
export class UnconfiguredAuditLog extends AuditLog {
  override async open(): Promise<never> {
    const option = 'audit.directory';
    const message =
      "is not set: give the folder that holds the audit log, such as './data/audit', or set SECURITY_AUDIT_DIRECTORY.";
    throw new SecurityConfigurationError(
      'AUDIT_NOT_CONFIGURED',
      [{ option, message }],
      'AuditService cannot be used',
    );
  }

  override append(): Promise<never> {
    return this.open();
  }

  override query(): Promise<never> {
    return this.open();
  }

  override prove(): Promise<never> {
    return this.open();
  }

  override verify(): Promise<never> {
    return this.open();
  }

  override flush(): Promise<never> {
    return this.open();
  }

  override checkpoint(): Promise<never> {
    return this.open();
  }

  override health(): AuditHealth {
    return {
      status: 'failing',
      reasons: ['not-configured'],
      queued: { records: 0, bytes: 0 },
      durableSeq: 0,
      signedSize: 0,
      epoch: 0,
      lost: 0,
      writer: 'none',
    };
  }

  override async close(): Promise<void> {}
}
