import { SecurityConfigurationError } from '../../errors/security-configuration.error.js';
import type { ResolvedAuditOptions } from '../audit.options.js';
import type { AuditLog } from './audit-log.js';
import { FileAuditLog } from './file-audit-log.js';
import { SinkAuditLog } from './sink-audit-log.js';
import { UnconfiguredAuditLog } from './unconfigured-audit-log.js';

/**
 * The log that the options ask for.
 *
 * @throws SecurityConfigurationError `CONFIG_INVALID` when records would go nowhere
 */
export function auditLogOf({ directory, keyDirectory, sinks }: ResolvedAuditOptions): AuditLog {
  if (directory === undefined) return new UnconfiguredAuditLog();
  if (directory !== false) return new FileAuditLog(directory, keyDirectory ? { keyDirectory } : {});
  if (sinks.length > 0) return new SinkAuditLog(sinks);
  const message = 'is needed when audit.directory is false: records would go nowhere.';
  throw new SecurityConfigurationError('CONFIG_INVALID', [{ option: 'audit.sinks', message }]);
}
