import { applyDecorators, UseGuards, type Type } from '@nestjs/common';
import { RouteUrlRule, type SignedUrlRule } from './signed-url-rule.js';
import { SignedUrlGuard } from './signed-url.guard.js';
import { checkUrlRule } from './url/url-options.js';

/**
 * Lets only signed URLs reach a route, see {@link SignedUrlGuard}. A one-time URL is used up when it is found to be
 * genuine: put this decorator above those of other guards, which then run before it. On a controller it runs before
 * all guards of its routes, so a one-time rule belongs on the route.
 *
 * @param guard one of your own, that extends {@link SignedUrlGuard}
 * @throws TypeError for a rule that is unfit
 * @example
 * @Get('reports/:id/file')
 * @SignedUrl({ purpose: 'download' })
 * file(@Param('id') id: string) {}
 */
export function SignedUrl(
  rule: SignedUrlRule,
  guard: Type<SignedUrlGuard> = SignedUrlGuard,
): MethodDecorator & ClassDecorator {
  checkUrlRule(rule, ['purpose', 'ignoreQuery', 'absolute', 'oneTime']);
  return applyDecorators(RouteUrlRule(rule), UseGuards(guard));
}
