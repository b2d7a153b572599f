import { createParamDecorator } from '@nestjs/common';
import { httpRequestOf, type HttpRequest } from '../context/http-request.js';
import type { VerifiedApiKey } from './api-key.service.js';

const API_KEY = Symbol('nestjs-security:api-key');

type AuthenticatedRequest = HttpRequest & { [API_KEY]?: VerifiedApiKey };

/**
 * Keeps the key of a request for {@link CurrentApiKey}.
 *
 * @internal
 */
export function rememberApiKey(request: AuthenticatedRequest, apiKey: VerifiedApiKey): void {
  request[API_KEY] = apiKey;
}

/**
 * Gives a handler the API key that {@link ApiKeyGuard} accepted; `undefined` on a route without it.
 *
 * @example
 * @UseGuards(ApiKeyGuard)
 * @Get('whoami')
 * whoami(@CurrentApiKey() apiKey: VerifiedApiKey) {
 *   return apiKey.id;
 * }
 */
export const CurrentApiKey = createParamDecorator(
  (_: unknown, context): VerifiedApiKey | undefined => {
    const request: AuthenticatedRequest | undefined = httpRequestOf(context);
    return request?.[API_KEY];
  },
);
