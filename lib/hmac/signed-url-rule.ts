import { Reflector } from '@nestjs/core';
import type { UrlRule } from './url/url-options.js';

/** What {@link SignedUrl} demands of a route's URL. */
export interface SignedUrlRule extends UrlRule {
  /**
   * Whether the URL can be used once only.
   *
   * @default false
   */
  oneTime?: boolean;
}

/**
 * The rule of a route.
 *
 * @internal
 */
export const RouteUrlRule = Reflector.createDecorator<SignedUrlRule>();
