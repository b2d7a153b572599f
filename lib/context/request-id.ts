import { randomUUID } from 'node:crypto';
import type { HttpRequest } from './http-request.js';

const REQUEST_ID = Symbol('nestjs-security:request-id');
const WELL_FORMED = /^[A-Za-z0-9._-]{1,64}$/;
/** Version, trace id, parent id, flags; later versions may add to it. Neither id may be all zeros. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}/;
const LENGTH_OF_VERSION_0 = 55;
const MAX_TRACEPARENT = 512;

type IdentifiedRequest = HttpRequest & { [REQUEST_ID]?: string };

/**
 * The id of a request, the same each time: that of `X-Request-Id` when it is 1 to 64 of `A-Z a-z 0-9 . _ -`, otherwise
 * a random UUID. What a client sends joins records, and proves nothing.
 */
export function requestIdOf(request: IdentifiedRequest): string {
  const sent = request.headers['x-request-id'];
  return (request[REQUEST_ID] ??=
    typeof sent === 'string' && WELL_FORMED.test(sent) ? sent : randomUUID());
}

/** The trace id of a `traceparent` header by W3C Trace Context; `undefined` for a header that is not valid. */
export function traceIdOf({ headers }: HttpRequest): string | undefined {
  const sent = headers['traceparent'];
  if (typeof sent !== 'string' || sent.length > MAX_TRACEPARENT) return undefined;
  const [, traceId] = TRACEPARENT.exec(sent) ?? [];
  const isWhole = sent.length === LENGTH_OF_VERSION_0;
  const isExtended = sent[LENGTH_OF_VERSION_0] === '-' && !sent.startsWith('00');
  return isWhole || isExtended ? traceId : undefined;
}
