import type { DeclaredAuditEvents } from './declared-audit-events.js';
import { SECURITY_EVENT_LEVELS, type EventLevel, type SecurityEventName } from './vocabulary.js';

/**
 * Every name of the OWASP Logging Vocabulary with its level. Of `upload_validation`, which has two, this is
 * the level of a success; see {@link defaultLevelOf}.
 */
export const OWASP_EVENT_LEVELS = Object.freeze({
  authn_login_success: 'info',
  authn_login_successafterfail: 'info',
  authn_login_fail: 'warn',
  authn_login_fail_max: 'warn',
  authn_login_lock: 'warn',
  authn_password_change: 'info',
  authn_password_change_fail: 'critical',
  authn_impossible_travel: 'critical',
  authn_token_created: 'info',
  authn_token_revoked: 'info',
  authn_token_reuse: 'critical',
  authn_token_delete: 'warn',
  authz_fail: 'critical',
  authz_change: 'warn',
  authz_admin: 'warn',
  crypt_decrypt_fail: 'warn',
  crypt_encrypt_fail: 'warn',
  excess_rate_limit_exceeded: 'warn',
  excess_sessions_exceeded: 'warn',
  upload_complete: 'info',
  upload_stored: 'info',
  upload_validation: 'info',
  upload_delete: 'info',
  input_validation_fail: 'warn',
  input_validation_discrete_fail: 'warn',
  malicious_excess_404: 'warn',
  malicious_extraneous: 'critical',
  malicious_attack_tool: 'critical',
  malicious_sqli: 'critical',
  malicious_cors: 'critical',
  malicious_direct_reference: 'critical',
  malicious_csrf: 'warn',
  malicious_csp_violation: 'warn',
  mcp_prompt_injection: 'warn',
  mcp_resource_exhaustion: 'warn',
  mcp_tool_poisoning: 'warn',
  privilege_permissions_changed: 'warn',
  sensitive_create: 'warn',
  sensitive_read: 'warn',
  sensitive_update: 'warn',
  sensitive_delete: 'warn',
  sequence_fail: 'critical',
  session_created: 'info',
  session_renewed: 'info',
  session_expired: 'info',
  session_logout: 'info',
  session_use_after_expire: 'critical',
  sys_startup: 'warn',
  sys_shutdown: 'warn',
  sys_restart: 'warn',
  sys_crash: 'warn',
  sys_monitor_disabled: 'warn',
  sys_monitor_enabled: 'warn',
  user_created: 'warn',
  user_updated: 'warn',
  user_archived: 'warn',
  user_deleted: 'warn',
} as const satisfies Record<string, EventLevel>);

/**
 * A name of the OWASP Logging Vocabulary. The vocabulary writes arguments behind a colon
 * (`authn_login_fail:joe`); a record has fields for them.
 */
export type OwaspEventName = keyof typeof OWASP_EVENT_LEVELS;

/** Every event that the audit log records of itself, with its level. */
export const AUDIT_EVENT_LEVELS = Object.freeze({
  audit_torn_tail: 'warn',
  audit_unclean_stop: 'warn',
  audit_segment_changed: 'critical',
  audit_segment_abandoned: 'critical',
  audit_gap: 'critical',
  audit_writer_restarted: 'critical',
  audit_segments_pruned: 'info',
  audit_retention_failed: 'warn',
  audit_stream_missing: 'critical',
  audit_clock_stepped: 'warn',
  audit_fork: 'critical',
  audit_sink_failed: 'warn',
  audit_sink_recovered: 'info',
  audit_sink_behind: 'warn',
  audit_sink_gap: 'critical',
  audit_anchor_failed: 'warn',
  audit_anchor_recovered: 'info',
  audit_subject_forgotten: 'warn',
  audit_subject_readmitted: 'warn',
  audit_verified: 'info',
  audit_disk_reserve_spent: 'critical',
} as const satisfies Record<string, EventLevel>);

/** A name of an event that the audit log records of itself. */
export type OwnEventName = keyof typeof AUDIT_EVENT_LEVELS;

/**
 * The names that an audit event may have: those of the OWASP Logging Vocabulary, those that this package's
 * features and the log itself record, and those that the application declares, see {@link DeclaredAuditEvents}.
 */
export type AuditEventName =
  OwaspEventName | SecurityEventName | OwnEventName | keyof DeclaredAuditEvents;

const KNOWN_LEVELS: ReadonlyMap<string, EventLevel> = new Map<string, EventLevel>([
  ...Object.entries(OWASP_EVENT_LEVELS),
  ...Object.entries(SECURITY_EVENT_LEVELS),
  ...Object.entries(AUDIT_EVENT_LEVELS),
]);

/** The level of an event that is given none: the vocabulary's, or `info` for a name that is in none. */
export function defaultLevelOf(event: string, outcome?: string): EventLevel {
  // The vocabulary has two levels for this one.
  if (event === 'upload_validation' && outcome === 'failure') return 'critical';
  return KNOWN_LEVELS.get(event) ?? 'info';
}
