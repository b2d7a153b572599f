import {
  Inject,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { secretMatcher } from 'nestjs-security';

/** What the administrator sends; injected as text. */
export const ADMIN_TOKEN = Symbol('admin-token');

/** A request as the guard leaves it. */
export interface AuthenticatedRequest {
  readonly headers: { readonly authorization?: string };
  /** Who it is; nobody on a route without the guard. */
  user?: { readonly id: string };
}

/** Lets the administrator through, and says on the request that it is them. */
@Injectable()
export class AdminGuard implements CanActivate {
  readonly #isAdmin: (candidate: unknown) => boolean;

  constructor(@Inject(ADMIN_TOKEN) token: string) {
    this.#isAdmin = secretMatcher(`Bearer ${token}`);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!this.#isAdmin(request.headers.authorization)) throw new UnauthorizedException();
    request.user = { id: 'admin-1' };
    return true;
  }
}
