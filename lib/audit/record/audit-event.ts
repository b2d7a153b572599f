import type {
  EventOrigin,
  EventRoute,
  EventSubject,
  Identifier,
} from '../../events/security-event.js';
import type { AuditEventName } from '../../events/owasp-vocabulary.js';
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
   * What happened. Take a name of the OWASP Logging Vocabulary where one fits (`authn_login_fail`) and
   * declare your own, see {@link DeclaredAuditEvents}. Arguments belong into the other fields. When the
   * application runs, any name of 1 to 64 of `a-z 0-9 _` with a letter first is taken.
   */
  event: AuditEventName;
  /**
   * How grave it is.
   *
   * @default the level that the name has in its vocabulary, otherwise `info`
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
  /** The id of the request, such as a UUID; it joins the records of one request. */
  req?: string;
  /** The trace id of W3C Trace Context: 32 lower-case hexadecimal digits. Anything else is left out. */
  trace?: string;
  /**
   * Anything else, as plain data; secrets are taken out, at most 16 KiB are kept. Mark what must be
   * forgettable with {@link personal}.
   */
  details?: Readonly<Record<string, unknown>>;
  /**
   * How many times it happened, when several occurrences are put into one record: a whole number above 0.
   *
   * @default 1
   */
  n?: number;
}
