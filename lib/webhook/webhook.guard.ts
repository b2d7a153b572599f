import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { factsOf, httpRequestOf, type HttpRequest } from '../context/http-request.js';
import { RawBody } from '../context/raw-body.js';
import { unauthorized } from '../context/refusal.js';
import { WebhookReceiverName } from './webhook-receiver-name.decorator.js';
import { rawBodyMissing } from './raw-body-missing.js';
import { WebhookVerifier } from './webhook-verifier.service.js';

const CHALLENGE = 'Signature realm="webhook"';
const NO_BODY = new Uint8Array(0);

/** Lets only verified deliveries through; put on a route by {@link VerifyWebhook}. */
@Injectable()
export class WebhookGuard implements CanActivate {
  constructor(
    private readonly verifier: WebhookVerifier,
    private readonly reflector: Reflector,
    private readonly rawBody: RawBody,
  ) {}

  /**
   * @throws UnauthorizedException for a delivery that does not verify, whatever the reason
   * @throws SecurityConfigurationError `WEBHOOK_RAW_BODY_MISSING` when the body was parsed and its bytes
   * thrown away
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const receiver = this.reflector.getAllAndOverride(WebhookReceiverName, [
      context.getHandler(),
      context.getClass(),
    ]);
    const request = httpRequestOf(context);
    if (!request) throw unauthorized(context, CHALLENGE);
    const { headers } = request;
    const rawBody = this.#bytesOf(request);
    const facts = factsOf(request);
    const verdict = rawBody
      ? await this.verifier.verify(receiver, { headers, rawBody, facts })
      : this.verifier.refuse(receiver, 'body-not-kept', facts);
    if (!verdict.ok) throw unauthorized(context, CHALLENGE);
    return true;
  }

  #bytesOf(request: HttpRequest): Uint8Array | undefined {
    if (request.rawBody) return request.rawBody;
    if (!hasBody(request)) return NO_BODY;
    // Nest keeps the bytes of JSON and forms only. Any other body is not an empty one: whoever holds the
    // signature of an empty body could send what they like.
    if (this.rawBody.kept === true) return undefined;
    throw rawBodyMissing();
  }
}

function hasBody({ headers, raw }: HttpRequest): boolean {
  // A body needs neither of the headers in HTTP/2.
  if (raw?.stream?.endAfterHeaders === false) return true;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
