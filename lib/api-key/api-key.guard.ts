import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { factsOf, headerValues, httpRequestOf } from '../context/http-request.js';
import { badRequest, unauthorized } from '../context/refusal.js';
import { ApiKeyService } from './api-key.service.js';
import { rememberApiKey } from './current-api-key.decorator.js';

const HEADER = 'x-api-key';
const CHALLENGE = 'ApiKey realm="api"';

/**
 * Lets only requests through that carry a known API key in `X-API-Key`. Whatever is wrong with the key,
 * the answer is the same 401 with `WWW-Authenticate`; a repeated header is a 400. HTTP only: calls over
 * other transports are refused.
 *
 * @example
 * @UseGuards(ApiKeyGuard)
 * @Get('reports')
 * reports(@CurrentApiKey() apiKey: VerifiedApiKey) {}
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(private readonly apiKeys: ApiKeyService) {}

  /**
   * @throws UnauthorizedException without a known key
   * @throws BadRequestException when the header was sent more than once
   * @throws SecurityConfigurationError `APIKEY_NOT_CONFIGURED` when the options list no keys
   */
  canActivate(context: ExecutionContext): boolean {
    const request = httpRequestOf(context);
    if (!request) throw unauthorized(context, CHALLENGE);
    const values = headerValues(request, HEADER);
    if (values.length > 1) throw badRequest();
    const verdict = this.apiKeys.verify(values[0], factsOf(request));
    if (!verdict.ok) throw unauthorized(context, CHALLENGE);
    rememberApiKey(request, verdict.apiKey);
    return true;
  }
}
