import type { ExecutionContext } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import type { EventOrigin, EventRoute } from '../events/security-event.js';

const MAX_USER_AGENT = 256;

/** What this package reads of a request, alike on Express and Fastify. */
export interface HttpRequest {
  readonly method?: string;
  /** The client's address as the framework tells it, behind a proxy by its own trust setting. */
  readonly ip?: string;
  readonly headers: IncomingHttpHeaders;
  /** Path and query as they came; `url` may have been changed on the way. */
  readonly originalUrl?: string;
  readonly rawBody?: Buffer | undefined;
  /** Express: names and values as they came, in turn. */
  readonly rawHeaders?: readonly string[];
  /** Fastify: Node's own request. */
  readonly raw?: {
    readonly url?: string;
    readonly rawHeaders?: readonly string[];
    /** HTTP/2 only. */
    readonly stream?: { readonly endAfterHeaders?: boolean };
  };
  /** Express: the matched route. */
  readonly route?: { readonly path?: unknown };
  /** Fastify: the matched route. */
  readonly routeOptions?: { readonly url?: unknown };
}

/** What an event says about the request that led to it. */
export interface RequestFacts {
  /** Where it came from. */
  readonly origin: EventOrigin;
  /** Which route was asked for. */
  readonly http: EventRoute;
}

/** The HTTP request of this call; `undefined` for other transports. */
export function httpRequestOf(context: ExecutionContext): HttpRequest | undefined {
  return context.getType() === 'http'
    ? context.switchToHttp().getRequest<HttpRequest>()
    : undefined;
}

/** Path and query of a request exactly as they came, before any middleware or plugin rewrote them. */
export function rawUrlOf({ originalUrl, raw }: HttpRequest): string | undefined {
  return originalUrl ?? raw?.url;
}

/**
 * Every value of a header as it came. Node joins repeated headers of most names with a comma, which
 * hides that there were two.
 *
 * @param name in lower case
 */
export function headerValues(request: HttpRequest, name: string): string[] {
  const raw = request.raw?.rawHeaders ?? request.rawHeaders ?? [];
  return raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name);
}

/** What an event may say about a request: never a path as sent, never more than 256 characters of agent. */
export function factsOf(request: HttpRequest): RequestFacts {
  const route = request.routeOptions?.url ?? request.route?.path;
  const agent = request.headers['user-agent'];
  return {
    origin: {
      ...(request.ip === undefined ? {} : { ip: request.ip }),
      ...(agent === undefined ? {} : { ua: agent.slice(0, MAX_USER_AGENT) }),
    },
    http: {
      ...(request.method === undefined ? {} : { method: request.method }),
      ...(typeof route === 'string' ? { route } : {}),
    },
  };
}
