import { applyDecorators } from '@nestjs/common';
import { HandlerAuditRule } from './audit-rule.js';

/**
 * Takes a handler out of the {@link Audit} of its class: its calls are neither recorded nor refused for want of a
 * log.
 *
 * @example
 * @Controller('users')
 * @Audit({ event: 'user_updated' })
 * export class UsersController {
 *   @Get('health')
 *   @AuditSkip()
 *   health() {}
 * }
 */
export function AuditSkip(): MethodDecorator & ClassDecorator {
  return applyDecorators(HandlerAuditRule('skip'));
}
