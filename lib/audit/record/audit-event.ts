import type {
  EventOrigin,
  EventRoute,
  EventSubject,
  Identifier,
} from '../../events/security-event.js';
import type { EventLevel } from '../../events/vocabulary.js';

/** Who acted. */
export interface AuditActor {
  /** What kind of actor: `user`, `service`, `api-key`. */
  type?: string;
  /** A public id, such as a primary key. Never an e-mail address or a name. */
  id?: string;
  /** An e-mail address or a name: written as a keyed pseudonym, never as it is. */
  identifier?: Identifier;
  /** The tenant on whose behalf. */
  tenant?: string;
}

/**
 * What {@link AuditService.record} takes.
 *
 * @example
 * const event: AuditEvent = {
 *   event: 'authz_fail',
 *   outcome: 'failure',
 *   actor: { type: 'user', id: '42', identifier: { type: 'email', value: 'alice@example.com' } },
 *   target: { type: 'report', id: '7' },
 * };
 */
export interface AuditEvent {
  /**
   * What happened: 1 to 64 of `a-z 0-9 _` with a letter first. Take a name of the OWASP Logging
   * Vocabulary where one fits (`authn_login_fail`); put arguments into the other fields.
   */
  event: string;
  /**
   * How grave it is.
   *
   * @default 'info'
   */
  level?: EventLevel;
  /** How it ended. */
  outcome?: 'success' | 'failure' | 'unknown';
  /** Why, in one stable word. */
  reason?: string;
  /** Who acted. */
  actor?: AuditActor;
  /** What was acted upon. */
  target?: EventSubject;
  /** Where the request came from. */
  origin?: EventOrigin;
  /** Which route it asked for. */
  http?: EventRoute;
  /** Anything else, as plain data; secrets are taken out, at most 16 KiB are kept. */
  details?: Readonly<Record<string, unknown>>;
  /**
   * How many times it happened, when several occurrences are put into one record: a whole number above 0.
   *
   * @default 1
   */
  n?: number;
}
