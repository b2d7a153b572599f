import { applyDecorators, UseGuards, UseInterceptors } from '@nestjs/common';
import { checkAuditRule, HandlerAuditRule, type AuditRule } from './audit-rule.js';
import { AuditGuard } from './audit.guard.js';
import { AuditInterceptor } from './audit.interceptor.js';

/**
 * Records every call of a handler, or of all handlers of a class: that it succeeded, or that it failed and why in
 * one word. An event whose level is in `audit.failClosed` is a condition: without a log that takes it, the handler
 * does not run; and the answer waits until the record is durable. Records that are made while the handler runs
 * have the same request, trace and actor.
 *
 * On a handler it takes the place of the one on its class. Guards of the class, and those of decorators that stand
 * below it, run before it: what they refuse is not recorded, so put it above them.
 *
 * @throws TypeError for a rule that is unfit
 * @throws AuditError `AUDIT_EVENT_INVALID` for a name or a level that is none
 * @example
 * @Delete('users/:id')
 * @Audit({
 *   event: 'user_deleted',
 *   level: 'critical',
 *   target: (_context, user?: User) => user && { type: 'user', id: user.id },
 * })
 * remove(@Param('id') id: string): Promise<User> {}
 */
export function Audit<Result = unknown>(rule: AuditRule<Result>): MethodDecorator & ClassDecorator {
  checkAuditRule(rule);
  return applyDecorators(
    HandlerAuditRule(rule),
    UseGuards(AuditGuard),
    UseInterceptors(AuditInterceptor),
  );
}
