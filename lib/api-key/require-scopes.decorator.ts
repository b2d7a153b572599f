import { applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

/**
 * The scopes that a route needs.
 *
 * @internal
 */
export const RequiredScopes = Reflector.createDecorator<readonly string[]>();

/**
 * Demands scopes of the API key: {@link ApiKeyGuard} answers 403 to a key that lacks one of them. On a
 * route it takes the place of what its controller demands. Without the guard it does nothing.
 *
 * @param scopes all of them are needed; compared letter by letter
 * @example
 * @UseGuards(ApiKeyGuard)
 * @RequireScopes('reports:read')
 * @Get('reports')
 * reports() {}
 */
export function RequireScopes(...scopes: string[]): MethodDecorator & ClassDecorator {
  return applyDecorators(RequiredScopes(scopes));
}
