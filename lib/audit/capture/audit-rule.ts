import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { refuseUnknown } from '../../common/refuse-unknown.js';
import type { EventSubject } from '../../events/security-event.js';
import type { EventLevel } from '../../events/vocabulary.js';
import type { AuditActor, AuditEvent } from '../record/audit-event.js';
import { assertEvent } from '../record/event-problem.js';

const RESOLVERS = ['actor', 'target', 'details'] as const;

/**
 * What {@link Audit} records of a handler. The functions are called after the handler, whether it succeeded or
 * not. What they give stands in the record, so they give ids, never bodies or headers. One that throws leaves its
 * field out, and its error goes to the application's log.
 *
 * @typeParam Result what the handler gives
 */
export interface AuditRule<Result = unknown> {
  /** The name of the event, as in {@link AuditEvent}. */
  event: AuditEvent['event'];
  /**
   * How grave it is. Decides, with `audit.failClosed`, whether the handler may run when it cannot be recorded.
   *
   * @default as for {@link AuditEvent}
   */
  level?: EventLevel;
  /**
   * Who acted, when only the handler finds out, as at a login.
   *
   * @param result what the handler gave; `undefined` when it failed
   * @default the actor of `audit.actor`, or of the scope around the request
   */
  actor?(context: ExecutionContext, result?: Result): AuditActor | undefined;
  /**
   * What was acted upon.
   *
   * @param result what the handler gave; `undefined` when it failed
   * @default none
   */
  target?(context: ExecutionContext, result?: Result): EventSubject | undefined;
  /**
   * Anything else, as plain data.
   *
   * @param result what the handler gave; `undefined` when it failed
   * @default none
   */
  details?(
    context: ExecutionContext,
    result?: Result,
  ): Readonly<Record<string, unknown>> | undefined;
}

/**
 * The rule of a handler, or that it has none.
 *
 * @internal
 */
export const HandlerAuditRule = Reflector.createDecorator<AuditRule | 'skip'>();

/**
 * Refuses a rule that could never be recorded, when the class is made.
 *
 * @throws TypeError for an unknown field, or a resolver that is no function
 * @throws AuditError `AUDIT_EVENT_INVALID` for a name or a level that is none
 */
export function checkAuditRule(rule: AuditRule): void {
  if (typeof rule !== 'object' || rule === null) throw new TypeError('@Audit needs { event }');
  refuseUnknown(rule, ['event', 'level', ...RESOLVERS], '@Audit');
  for (const field of RESOLVERS) {
    const isFit = rule[field] === undefined || typeof rule[field] === 'function';
    if (!isFit) throw new TypeError(`@Audit ${field} must be a function`);
  }
  const { event, level } = rule;
  assertEvent({ event, ...(level && { level }) });
}
