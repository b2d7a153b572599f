import {
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { Sessions } from './sessions.js';

/** A request that {@link SessionGuard} may have let through. */
export interface SessionRequest {
  readonly headers: IncomingHttpHeaders;
  userId?: string;
}

/** Lets only people through who are logged in: `Authorization: Bearer <token>`. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<SessionRequest>();
    const [, token] = /^bearer ([\w-]{43})$/i.exec(request.headers.authorization ?? '') ?? [];
    const userId = token === undefined ? undefined : this.sessions.userOf(token);
    if (userId === undefined) throw new UnauthorizedException();
    request.userId = userId;
    return true;
  }
}
