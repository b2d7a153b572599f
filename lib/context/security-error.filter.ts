import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { STATUS_CODES } from 'node:http';
import { throwError } from 'rxjs';
import type { SecurityErrorCode } from '../errors/error-codes.js';
import { SecurityError } from '../errors/security.error.js';
import { setHeaders } from './refusal.js';

const WARNING_EVERY_MS = 1_000;

/**
 * Answers requests that end in a {@link SecurityError} with its status, its `Retry-After`, and nothing
 * but the standard text of that status. The message goes to the log, for statuses of 500 and above: with its
 * stack, or, where trying again later helps, as one warning a second at most, so that a crowd does not fill the
 * log with its own refusals.
 *
 * `SecurityModule` registers it for the whole application. To answer in another form, extend it and give
 * `{ provide: APP_FILTER, useClass: … }` among the `providers` of `SecurityModule.forRoot`.
 *
 * @example
 * @Catch(SecurityError)
 * export class ProblemJsonFilter extends SecurityErrorFilter {
 *   protected override body(error: SecurityError) {
 *     return { type: 'about:blank', status: error.status };
 *   }
 * }
 */
@Catch(SecurityError)
export class SecurityErrorFilter implements ExceptionFilter<SecurityError> {
  private readonly logger = new Logger('SecurityModule');
  readonly #warnedAt = new Map<SecurityErrorCode, number>();

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /**
   * Answers over HTTP; for other transports, gives an exception with the status and the bland text, as a
   * failing stream for microservices.
   */
  catch(error: SecurityError, host: ArgumentsHost): unknown {
    if (error.status >= 500) this.#log(error);
    if (host.getType() !== 'http') {
      const exception = new HttpException(this.body(error), error.status);
      // What a filter returns to a microservice is sent as the result, unless it is a failing stream.
      return host.getType() === 'rpc' ? throwError(() => exception) : exception;
    }
    if (error.retryAfterSeconds !== undefined) {
      setHeaders(host, { 'Retry-After': String(error.retryAfterSeconds) });
    }
    const response: unknown = host.switchToHttp().getResponse();
    return this.adapterHost.httpAdapter.reply(response, this.body(error), error.status);
  }

  /**
   * The body of the answer. Must not give away why.
   *
   * @default `{ statusCode, message }` with the standard text of the status
   */
  protected body(error: SecurityError): Record<string, unknown> {
    return { statusCode: error.status, message: STATUS_CODES[error.status] ?? 'Error' };
  }

  #log({ code, message, stack, retryAfterSeconds }: SecurityError): void {
    const line = `[${code}] ${message}`;
    if (retryAfterSeconds === undefined) return this.logger.error(line, stack);
    const now = performance.now();
    if (now - (this.#warnedAt.get(code) ?? -Infinity) < WARNING_EVERY_MS) return;
    this.#warnedAt.set(code, now);
    this.logger.warn(line);
  }
}
