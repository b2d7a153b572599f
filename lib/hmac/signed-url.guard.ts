import {
  Injectable,
  type CanActivate,
  type ExecutionContext,
  type HttpException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { factsOf, httpRequestOf, rawUrlOf, type HttpRequest } from '../context/http-request.js';
import { forbidden, gone } from '../context/refusal.js';
import { RouteUrlRule, type SignedUrlRule } from './signed-url-rule.js';
import { SignedUrlService } from './signed-url.service.js';
import type { UrlRefusal } from './url/url-verdict.js';

const ACCEPTED = Symbol('nestjs-security:accepted-url');

type JudgedRequest = HttpRequest & { [ACCEPTED]?: SignedUrlRule };

/**
 * Lets only requests through whose URL was signed for this route's purpose; put on a route by {@link SignedUrl}.
 * Answers 410 to a one-time URL that was used, and one 403 to all others, whatever the reason. HTTP only: calls
 * over other transports are refused. Extend it to answer otherwise.
 *
 * @example
 * class PageGuard extends SignedUrlGuard {
 *   protected override refusal() {
 *     return new NotFoundException();
 *   }
 * }
 */
@Injectable()
export class SignedUrlGuard implements CanActivate {
  constructor(
    private readonly signedUrls: SignedUrlService,
    private readonly reflector: Reflector,
  ) {}

  /**
   * @throws ForbiddenException for a URL that does not verify
   * @throws GoneException for a one-time URL that was used
   * @throws ReplayError 503 when the store cannot remember a one-time URL
   * @throws SecurityConfigurationError `MAC_PUBLIC_ORIGIN_MISSING` for `absolute` without `hmac.publicOrigin`
   * @throws TypeError on a route without {@link SignedUrl}
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request: JudgedRequest | undefined = httpRequestOf(context);
    if (!request) throw forbidden();
    const said = this.ruleOf(context);
    // It stands on controller and route, and would find its own one-time URL used the second time.
    if (request[ACCEPTED] === said) return true;
    const { oneTime = false, ...rule } = said;
    const signed = {
      ...rule,
      method: request.method,
      url: rawUrlOf(request),
      facts: factsOf(request),
    };
    const verdict = oneTime
      ? await this.signedUrls.consumeUrl(signed)
      : this.signedUrls.verifyUrl(signed);
    if (!verdict.ok) throw this.refusal(verdict.reason);
    request[ACCEPTED] = said;
    return true;
  }

  /**
   * What the URL must be.
   *
   * @default what {@link SignedUrl} says, on the route before the controller
   */
  protected ruleOf(context: ExecutionContext): SignedUrlRule {
    const targets = [context.getHandler(), context.getClass()];
    const rule: SignedUrlRule | undefined = this.reflector.getAllAndOverride(RouteUrlRule, targets);
    if (rule) return rule;
    throw new TypeError('SignedUrlGuard needs @SignedUrl({ purpose }) on its route');
  }

  /**
   * The answer to a URL that is refused. Must not give away why, but that it was used.
   *
   * @default 410 for `used`, 403 for all else
   */
  protected refusal(reason: UrlRefusal): HttpException {
    return reason === 'used' ? gone() : forbidden();
  }
}
