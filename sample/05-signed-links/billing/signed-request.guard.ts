import {
  Inject,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
  type RawBodyRequest,
} from '@nestjs/common';
import { HmacService, type RequestKey } from 'nestjs-security';
import type { IncomingHttpHeaders } from 'node:http';
import { SHOP_KEY } from './shop-key.js';

interface HttpRequest {
  readonly method: string;
  readonly originalUrl: string;
  readonly headers: IncomingHttpHeaders;
}

/** Lets through what the shop signed, once. */
@Injectable()
export class SignedRequestGuard implements CanActivate {
  constructor(
    private readonly hmac: HmacService,
    @Inject(SHOP_KEY) private readonly key: RequestKey,
  ) {}

  /** @throws UnauthorizedException for any other request, whatever the reason */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<RawBodyRequest<HttpRequest>>();
    const { method, originalUrl: url, headers, rawBody } = request;
    const { key } = this;
    const verdict = await this.hmac.verifyRequest({ method, url, headers, rawBody }, { key });
    if (!verdict.ok) throw new UnauthorizedException();
    return true;
  }
}
