import { SecurityConfigurationError } from '../../errors/security-configuration.error.js';
import type { ResolvedAuditOptions } from '../audit.options.js';
import type { AuditLog } from './audit-log.js';
import { FileAuditLog } from './file-audit-log.js';
import { SinkAuditLog } from './sink-audit-log.js';
import { UnconfiguredAuditLog } from './unconfigured-audit-log.js';

/**
 * The log that the options ask for.
 *
 * @throws SecurityConfigurationError `CONFIG_INVALID` when sinks or anchors would get nothing, or records would go
 * nowhere
 */
export function auditLogOf(options: ResolvedAuditOptions): AuditLog {
  const { directory, keyDirectory, sinks } = options;
  if (directory) return new FileAuditLog(directory, keyDirectory ? { keyDirectory } : {});
  const problem = directory === false ? problemWithoutDisk(options) : problemWithoutLog(options);
  if (problem) throw new SecurityConfigurationError('CONFIG_INVALID', [problem]);
  return directory === false ? new SinkAuditLog(sinks) : new UnconfiguredAuditLog();
}

interface Problem {
  readonly option: string;
  readonly message: string;
}

function problemWithoutDisk({ sinks, anchors }: ResolvedAuditOptions): Problem | undefined {
  if (sinks.length === 0) {
    const message = 'is needed when audit.directory is false: records would go nowhere.';
    return { option: 'audit.sinks', message };
  }
  if (anchors.length === 0) return undefined;
  const message =
    'cannot be kept when audit.directory is false: nothing is signed then. Leave them out, or give a folder.';
  return { option: 'audit.anchors', message };
}

/** Whoever gives them takes it that something is recorded. */
function problemWithoutLog({ sinks, anchors }: ResolvedAuditOptions): Problem | undefined {
  const needing = [
    ...(sinks.length > 0 ? ['sinks'] : []),
    ...(anchors.length > 0 ? ['anchors'] : []),
  ];
  if (needing.length === 0) return undefined;
  const message = `is needed by audit.${needing.join(' and audit.')}: give the path of a folder, such as ./data/audit (or set SECURITY_AUDIT_DIRECTORY), or false to send records to the sinks only.`;
  return { option: 'audit.directory', message };
}
