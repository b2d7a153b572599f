import {
  Catch,
  UnauthorizedException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** Says with every 401 how to log in, as RFC 9110 asks. */
@Catch(UnauthorizedException)
export class BearerChallengeFilter implements ExceptionFilter<UnauthorizedException> {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: UnauthorizedException, host: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    httpAdapter.setHeader(response, 'WWW-Authenticate', 'Bearer realm="quick-start"');
    httpAdapter.reply(response, error.getResponse(), error.getStatus());
  }
}
