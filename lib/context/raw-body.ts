import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

interface BodyParsing {
  registerParserMiddleware?(prefix?: string, rawBody?: boolean): unknown;
}

/**
 * Knows whether the application keeps the bytes of request bodies (`rawBody: true`). Nest tells this to
 * nobody but the HTTP adapter, when it has its parsers registered; so that call is watched.
 */
@Injectable()
export class RawBody {
  #kept: boolean | undefined;

  constructor(adapterHost: HttpAdapterHost) {
    // Emits at once in an application, later under @nestjs/testing, and without an adapter where there is
    // no HTTP: in application contexts and microservices.
    adapterHost.init$.subscribe(() => this.#watch(adapterHost.httpAdapter));
  }

  /** `false` once Nest's parsers were registered without it; `undefined` when the application parses bodies by itself. */
  get kept(): boolean | undefined {
    return this.#kept;
  }

  #watch(adapter: BodyParsing | null): void {
    const register = adapter?.registerParserMiddleware?.bind(adapter);
    if (!adapter || !register) return;
    adapter.registerParserMiddleware = (prefix, rawBody) => {
      this.#kept = rawBody === true;
      return register(prefix, rawBody);
    };
  }
}
