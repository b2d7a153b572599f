import {
  BadRequestException,
  ForbiddenException,
  GoneException,
  UnauthorizedException,
  type ArgumentsHost,
  type HttpException,
} from '@nestjs/common';

/** Sets headers of the answer; does nothing off HTTP. The only place that touches a response. */
export function setHeaders(host: ArgumentsHost, headers: Readonly<Record<string, string>>): void {
  if (host.getType() !== 'http') return;
  // Express and Fastify both call it `header`.
  const response = host
    .switchToHttp()
    .getResponse<{ header(name: string, value: string): unknown }>();
  for (const [name, value] of Object.entries(headers)) response.header(name, value);
}

/**
 * The one answer to whoever could not prove who they are, the same whatever the reason was.
 *
 * @param challenge the value of `WWW-Authenticate`, which RFC 9110 demands beside a 401
 */
export function unauthorized(host: ArgumentsHost, challenge: string): HttpException {
  setHeaders(host, { 'WWW-Authenticate': challenge });
  return new UnauthorizedException();
}

/** The answer to whoever is known and may not do this. */
export function forbidden(): HttpException {
  return new ForbiddenException();
}

/** The answer to whoever comes a second time with what could be used once. */
export function gone(): HttpException {
  return new GoneException();
}

/** The answer to a request that cannot be understood. */
export function badRequest(): HttpException {
  return new BadRequestException();
}
