import type { SecurityEvent } from './security-event.js';

/** How grave an event is. */
export type EventLevel = 'info' | 'warn' | 'critical';

/** The name of an event that features report. */
export type SecurityEventName = SecurityEvent['event'];

/** Every event that features report, with its level. `docs/audit.md` explains each. */
export const SECURITY_EVENT_LEVELS: Readonly<Record<SecurityEventName, EventLevel>> = Object.freeze(
  {
    password_verified: 'info',
    password_refused: 'warn',
    password_busy: 'warn',
    password_rehashed: 'info',
    password_rehash_failed: 'warn',
    password_breach_check_failed: 'warn',
    totp_refused: 'warn',
    crypt_decrypt_fail: 'warn',
    signature_refused: 'warn',
    webhook_refused: 'warn',
    api_key_used: 'info',
    api_key_refused: 'warn',
    key_added: 'info',
    key_state_changed: 'info',
    key_vanished: 'critical',
    key_removed: 'warn',
    key_rotation_ended: 'info',
    key_refresh_failed: 'warn',
    key_refresh_recovered: 'info',
    key_ring_stale: 'critical',
    security_events_suppressed: 'warn',
  },
);
