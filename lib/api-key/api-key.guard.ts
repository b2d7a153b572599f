import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { factsOf, headerValues, httpRequestOf } from '../context/http-request.js';
import { badRequest, forbidden, unauthorized } from '../context/refusal.js';
import { ApiKeyService } from './api-key.service.js';
import { rememberApiKey } from './current-api-key.decorator.js';
import { RequiredScopes } from './require-scopes.decorator.js';

const HEADER = 'x-api-key';
const CHALLENGE = 'ApiKey realm="api"';

/**
 * Lets only requests through that carry a known API key in `X-API-Key`. Whatever is wrong with the key,
 * the answer is the same 401 with `WWW-Authenticate`; a repeated header is a 400. A known key that lacks a
 * scope of {@link RequireScopes} is answered 403. HTTP only: calls over other transports are refused.
 *
 * @example
 * @UseGuards(ApiKeyGuard)
 * @Get('reports')
 * reports(@CurrentApiKey() apiKey: VerifiedApiKey) {}
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly apiKeys: ApiKeyService,
    private readonly reflector: Reflector,
  ) {}

  /**
   * @throws UnauthorizedException without a known key
   * @throws ForbiddenException when the key lacks a scope of {@link RequireScopes}
   * @throws BadRequestException when the header was sent more than once
   * @throws SecurityConfigurationError `APIKEY_NOT_CONFIGURED` when the options list no keys
   */
  canActivate(context: ExecutionContext): boolean {
    const request = httpRequestOf(context);
    if (!request) throw unauthorized(context, CHALLENGE);
    const values = headerValues(request, HEADER);
    if (values.length > 1) throw badRequest();
    const facts = factsOf(request);
    const verdict = this.apiKeys.verify(values[0], facts);
    if (!verdict.ok) throw unauthorized(context, CHALLENGE);
    if (!this.apiKeys.allows(verdict.apiKey, this.#scopesOf(context), facts)) throw forbidden();
    rememberApiKey(request, verdict.apiKey);
    return true;
  }

  #scopesOf(context: ExecutionContext): readonly string[] {
    const targets = [context.getHandler(), context.getClass()];
    const scopes: readonly string[] | undefined = this.reflector.getAllAndOverride(
      RequiredScopes,
      targets,
    );
    return scopes ?? [];
  }
}
