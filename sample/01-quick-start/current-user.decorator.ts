import { createParamDecorator, UnauthorizedException } from '@nestjs/common';
import type { SessionRequest } from './session.guard.js';

/** Gives a handler behind `SessionGuard` the id of the user who is logged in. */
export const CurrentUser = createParamDecorator((_: unknown, context): string => {
  const { userId } = context.switchToHttp().getRequest<SessionRequest>();
  if (userId === undefined) throw new UnauthorizedException();
  return userId;
});
