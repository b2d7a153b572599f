import { Catch, Controller, Get, HttpException, Logger, UseGuards } from '@nestjs/common';
import { APP_FILTER, BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import {
  ApiKeyGuard,
  AuditError,
  EncryptionError,
  EncryptionService,
  SecurityError,
  SecurityErrorFilter,
} from 'nestjs-security';
import { isObservable, lastValueFrom } from 'rxjs';
import { adapters, startHttp, stopHttp } from '../support/http-app.js';

@Controller()
class FailingController {
  constructor(private readonly encryption: EncryptionService) {}

  @Get('busy')
  busy(): never {
    throw new AuditError('AUDIT_QUEUE_FULL', 'internal words', {
      status: 503,
      retryAfterSeconds: 7,
    });
  }

  @Get('token')
  token(): Buffer {
    return this.encryption.decrypt('no token');
  }

  @Get('guarded')
  @UseGuards(ApiKeyGuard)
  guarded(): void {}

  @Get('teapot')
  teapot(): never {
    throw new HttpException('short and stout', 418);
  }
}

@Catch(SecurityError)
class ProblemFilter extends SecurityErrorFilter {
  protected override body(error: SecurityError): Record<string, unknown> {
    return { type: 'about:blank', status: error.status };
  }
}

@Catch()
class CatchAllFilter extends BaseExceptionFilter {}

const controllers = [FailingController];

describe.each(adapters)('SecurityErrorFilter on $adapter', ({ create }) => {
  afterEach(stopHttp);

  it('answers with the status, Retry-After and nothing of the message', async () => {
    const { url } = await startHttp(create, { controllers });
    const busy = await fetch(`${url}/busy`);
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '7']);
    expect(await busy.json()).toEqual({ statusCode: 503, message: 'Service Unavailable' });
    const token = await fetch(`${url}/token`);
    expect([token.status, await token.json()]).toEqual([
      400,
      { statusCode: 400, message: 'Bad Request' },
    ]);
  });

  it('leaves other exceptions alone', async () => {
    const { url } = await startHttp(create, { controllers });
    expect((await fetch(`${url}/teapot`)).status).toBe(418);
  });

  it('gives way to one that extends it', async () => {
    const { url } = await startHttp(create, {
      controllers,
      configure: (app) => app.useGlobalFilters(new ProblemFilter(app.get(HttpAdapterHost))),
    });
    const answer = await fetch(`${url}/busy`);
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { type: 'about:blank', status: 503 },
    ]);
  });

  it('gives way to one that extends it and is among the providers of the module', async () => {
    const { url } = await startHttp(create, {
      controllers,
      security: { providers: [{ provide: APP_FILTER, useClass: ProblemFilter }] },
    });
    expect(await (await fetch(`${url}/busy`)).json()).toEqual({ type: 'about:blank', status: 503 });
  });

  it('is not needed for refusals: they keep their status under a catch-all filter', async () => {
    const { url } = await startHttp(create, {
      controllers,
      security: { apiKey: { keys: [{ id: 'a', sha256: '0a'.repeat(32) }] } },
      configure: (app) => app.useGlobalFilters(new CatchAllFilter(app.getHttpAdapter())),
    });
    expect((await fetch(`${url}/guarded`)).status).toBe(401);
    expect((await fetch(`${url}/busy`)).status).toBe(500);
  });
});

it('errors carry a code and are one family', () => {
  const error = new EncryptionError('ENC_TOKEN_INVALID', 'x');
  expect(error).toBeInstanceOf(SecurityError);
  expect([error.name, error.code, error.status]).toEqual([
    'EncryptionError',
    'ENC_TOKEN_INVALID',
    500,
  ]);
});

it('fails the call of a microservice, instead of answering it with the exception', async () => {
  const host = new ExecutionContextHost([]);
  host.setType('rpc');
  const error = new AuditError('AUDIT_QUEUE_FULL', 'internal words', { status: 400 });
  const answer = new SecurityErrorFilter(new HttpAdapterHost()).catch(error, host);
  if (!isObservable(answer)) throw new Error('a stream was expected');
  await expect(lastValueFrom(answer)).rejects.toMatchObject({
    status: 400,
    message: 'Bad Request',
  });
});

it('writes a crowd of refusals that may try again as one warning a second, without stacks', () => {
  const [errors, warnings]: [unknown[], unknown[]] = [[], []];
  const host = new ExecutionContextHost([]);
  host.setType('rpc');
  Logger.overrideLogger({
    log: () => undefined,
    error: (...line: unknown[]) => void errors.push(line),
    warn: (line: unknown) => void warnings.push(line),
  });
  try {
    const filter = new SecurityErrorFilter(new HttpAdapterHost());
    for (let time = 0; time < 100; time += 1) {
      filter.catch(tooMany(), host);
    }
    filter.catch(new AuditError('AUDIT_WRITE_FAILED', 'the disk is full', { status: 503 }), host);
  } finally {
    Logger.overrideLogger(false);
  }
  expect(warnings).toEqual(['[AUDIT_QUEUE_FULL] too many']);
  expect(errors).toHaveLength(1);
});

function tooMany(): SecurityError {
  return new AuditError('AUDIT_QUEUE_FULL', 'too many', { status: 503, retryAfterSeconds: 1 });
}
