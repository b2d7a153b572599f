import {
  ConflictException,
  Controller,
  Delete,
  Get,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import {
  Audit,
  AuditError,
  AuditService,
  AuditSkip,
  HmacService,
  type AuditOptions,
} from 'nestjs-security';
import { TestingAuditLog } from 'nestjs-security/testing';
import { first, lastValueFrom, of, type Observable } from 'rxjs';
import { AuditGuard } from '../../lib/audit/capture/audit.guard.js';
import { AuditInterceptor } from '../../lib/audit/capture/audit.interceptor.js';
import { CallRecorder } from '../../lib/audit/capture/call-recorder.service.js';
import { UnconfiguredAuditLog } from '../../lib/audit/log/unconfigured-audit-log.js';
import { AuditLog } from '../../lib/audit/log/audit-log.js';
import {
  breakableAuditLog,
  writeFailure,
  type LogTrouble,
} from '../support/breakable-audit-log.js';
import { deferred } from '../support/deferred.js';
import { adapters, startHttp, stopHttp } from '../support/http-app.js';
import { settle, startServices } from '../support/services.js';

interface User {
  readonly id: string;
}

const calls = { count: 0 };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

class NobodyGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

class FirstInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(first());
  }
}

@Controller('users')
class UsersController {
  constructor(
    private readonly audit: AuditService,
    private readonly hmac: HmacService,
  ) {}

  @Delete(':id')
  @Audit({
    event: 'user_deleted',
    level: 'critical',
    target: (_context, user?: User) => user && { type: 'user', id: user.id },
    details: (_context, user?: User) => ({ isKnown: user !== undefined }),
  })
  remove(@Param('id') id: string): User {
    calls.count += 1;
    if (id === 'owner') throw new ConflictException('the owner stays');
    if (id === 'crash') throw Object.assign(new Error('at 10.0.0.1'), { code: 'ECONNREFUSED' });
    return { id };
  }

  @Get('number/:id')
  @Audit({
    event: 'user_updated',
    level: 'info',
    details: () => ({ kept: JSON.parse('{') as unknown }),
  })
  number(@Param('id', ParseIntPipe) id: number): object {
    calls.count += 1;
    return { id };
  }

  @Get('login/:id')
  @Audit({
    event: 'authn_login_success',
    level: 'info',
    actor: (_context, user?: User) => user && { type: 'user', id: user.id },
  })
  login(@Param('id') id: string): User {
    if (id === 'nobody') throw new NotFoundException();
    return { id };
  }

  @Post('inside/:id')
  @Audit({ event: 'user_updated', level: 'info' })
  async inside(@Param('id') id: string): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
    await this.audit.record({ event: 'user_created', details: { id } });
    this.hmac.verify('data', 'sha256=00');
  }

  @Delete('first/:id')
  @Audit({ event: 'user_deleted', level: 'critical' })
  @UseInterceptors(FirstInterceptor)
  first(@Param('id') id: string): User {
    return { id };
  }

  @Get('guarded')
  @Audit({ event: 'user_deleted', level: 'critical' })
  @UseGuards(NobodyGuard)
  guarded(): void {}
}

@Controller('all')
@Audit({ event: 'user_updated', level: 'critical' })
class AllController {
  @Get('one')
  one(): void {}

  @Get('two')
  @Audit({ event: 'user_archived', level: 'info' })
  two(): void {}

  @Get('skipped')
  @AuditSkip()
  skipped(): object {
    calls.count += 1;
    return {};
  }
}

describe.each(adapters)('@Audit on $adapter', ({ create }) => {
  let url: string;
  let log: TestingAuditLog;
  let trouble: LogTrouble;

  async function start(audit: AuditOptions = {}): Promise<void> {
    const breakable = breakableAuditLog();
    ({ trouble } = breakable);
    const started = await startHttp(create, {
      controllers: [UsersController, AllController],
      security: {
        audit,
        providers: [{ provide: TestingAuditLog, useValue: breakable.log }],
      },
    });
    ({ url, log } = started);
  }

  const send = (method: string, path: string, headers: Record<string, string> = {}) =>
    fetch(url + path, { method, headers });
  const status = async (method: string, path: string): Promise<number> =>
    (await send(method, path)).status;

  beforeEach(async () => {
    calls.count = 0;
    await start();
  });
  afterEach(stopHttp);

  it('records a success with the route, the client, the request and what the rule tells', async () => {
    const headers = {
      'user-agent': 'browser/1',
      'x-request-id': 'edge-7.a_B',
      traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
    };
    expect((await send('DELETE', '/users/42?a=b', headers)).status).toBe(200);
    const [record] = log.records;
    expect(record).toMatchObject({
      event: 'user_deleted',
      level: 'critical',
      outcome: 'success',
      target: { type: 'user', id: '42' },
      origin: { ip: expect.stringContaining('127.0.0.1'), ua: 'browser/1' },
      http: { method: 'DELETE', route: '/users/:id' },
      req: 'edge-7.a_B',
      trace: TRACE,
      details: { isKnown: true },
    });
    expect(log.records).toHaveLength(1);
  });

  it('records a failure with its code or status, and the answer stays what it was', async () => {
    expect(await status('DELETE', '/users/owner')).toBe(409);
    expect(await status('DELETE', '/users/crash')).toBe(500);
    expect(await status('GET', '/users/number/one')).toBe(400);
    await settle();
    expect(log.records.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['failure', 'http-409'],
      ['failure', 'ECONNREFUSED'],
      ['failure', 'http-400'],
    ]);
    expect(log.records[0]).toMatchObject({ details: { isKnown: false } });
    expect(log.records[0]).not.toHaveProperty('target');
  });

  it('leaves a field out whose function throws, and keeps the record', async () => {
    expect(await status('GET', '/users/number/1')).toBe(200);
    await settle();
    expect(log.records).toMatchObject([{ event: 'user_updated', outcome: 'success' }]);
    expect(log.records[0]).not.toHaveProperty('details');
  });

  it('leaves out what a function tells by a promise, and lets no error of that end the process', async () => {
    await start({
      actor: (async () => JSON.parse('{') as unknown) as unknown as NonNullable<
        AuditOptions['actor']
      >,
    });
    expect(await status('DELETE', '/users/42')).toBe(200);
    await settle();
    expect(log.records).toMatchObject([{ event: 'user_deleted', outcome: 'success' }]);
    expect(log.records[0]).not.toHaveProperty('actor');
  });

  it('records a critical call durably though an interceptor around it waits for no more', async () => {
    trouble.refusal = writeFailure();
    expect(await status('DELETE', '/users/first/42')).toBe(503);
    trouble.refusal = undefined;
    expect(await status('DELETE', '/users/first/42')).toBe(200);
    expect(log.records).toMatchObject([{ event: 'user_deleted', outcome: 'success' }]);
  });

  it('writes no body, header, path, query or message', async () => {
    const headers = { 'x-token': 'secret-1', cookie: 'a=secret-2', 'x-request-id': 'secret 3' };
    await send('DELETE', '/users/owner?q=secret-4', headers);
    await fetch(`${url}/users/inside/secret-5`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{"a":"secret-6"}',
    });
    await settle();
    const said = JSON.stringify(log.records.filter(({ event }) => event !== 'user_created'));
    expect(said).toContain('user_updated');
    expect(said).not.toMatch(/secret|stays/);
  });

  it('gives a request whose id is not well-formed another, and one to all of its records', async () => {
    await send('POST', '/users/inside/1', { 'x-request-id': 'a'.repeat(65), traceparent: '00-1' });
    await settle();
    expect(log.events()).toEqual(['user_created', 'signature_refused', 'user_updated']);
    const ids = log.records.map(({ req }) => req);
    expect(ids[0]).toMatch(UUID);
    expect(ids).toEqual([ids[0], ids[0], ids[0]]);
    expect(log.records[2]).not.toHaveProperty('trace');
  });

  it('does not mix what is recorded in requests that run at the same time', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `id-${index}`);
    await Promise.all(ids.map((id) => send('POST', `/users/inside/${id}`, { 'x-request-id': id })));
    const created = log.recordsOf('user_created');
    expect(new Set(created.map(({ req }) => req))).toEqual(new Set(ids));
    expect(created.filter(({ req, details }) => (details as User).id !== req)).toEqual([]);
  });

  it('runs no handler of a critical event while the log fails, and still one of others', async () => {
    trouble.status = 'failing';
    const refused = await send('DELETE', '/users/42');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.json()).toEqual({ statusCode: 503, message: 'Service Unavailable' });
    expect(calls.count).toBe(0);
    expect(await status('GET', '/users/number/1')).toBe(200);
    expect(calls.count).toBe(1);
    trouble.status = 'degraded';
    trouble.reasons = ['disk-full'];
    expect(await status('DELETE', '/users/42')).toBe(200);
    trouble.isFull = true;
    expect(await status('DELETE', '/users/42')).toBe(503);
    expect(calls.count).toBe(2);
  });

  it('keeps the answer to a critical event until its record is durable, and no other', async () => {
    const { promise, resolve } = deferred<void>();
    trouble.until = promise;
    expect(await status('GET', '/users/number/1')).toBe(200);
    let isAnswered = false;
    const answer = send('DELETE', '/users/42').then(({ status: code }) => {
      isAnswered = true;
      return code;
    });
    while (calls.count < 2) await settle();
    await new Promise((waited) => setTimeout(waited, 50));
    expect(isAnswered).toBe(false);
    resolve();
    expect(await answer).toBe(200);
  });

  it('answers 503 when the record of a critical event fails, but with the own error of a handler', async () => {
    trouble.refusal = writeFailure();
    expect(await status('DELETE', '/users/42')).toBe(503);
    expect(await status('DELETE', '/users/owner')).toBe(409);
    expect(await status('GET', '/users/number/1')).toBe(200);
    trouble.refusal = new Error('of a log that throws what it likes');
    expect(await status('DELETE', '/users/42')).toBe(503);
  });

  it('fails closed for the levels of audit.failClosed', async () => {
    await start({ failClosed: ['info'] });
    trouble.reasons = ['disk-full'];
    trouble.status = 'degraded';
    expect(await status('GET', '/users/number/1')).toBe(503);
    trouble.status = 'failing';
    expect(await status('DELETE', '/users/42')).toBe(200);
    expect(calls.count).toBe(1);
  });

  it('runs no handler of a critical event without a log', async () => {
    const none = await startHttp(create, {
      controllers: [UsersController],
      security: { providers: [{ provide: AuditLog, useValue: new UnconfiguredAuditLog() }] },
    });
    expect((await fetch(`${none.url}/users/42`, { method: 'DELETE' })).status).toBe(500);
    expect(calls.count).toBe(0);
    expect((await fetch(`${none.url}/users/number/1`)).status).toBe(200);
  });

  it('takes the actor from the options, and from the rule where it tells another', async () => {
    await start({
      actor: (context) => {
        const { headers } = context.switchToHttp().getRequest<Request & { headers: never }>();
        if (headers['x-user'] === 'nobody') throw new AuditError('AUDIT_CLOSED', 'no actor');
        return { type: 'user', id: headers['x-user'] };
      },
    });
    await send('POST', '/users/inside/1', { 'x-user': 'alice' });
    await send('GET', '/users/login/bob', { 'x-user': 'alice' });
    await send('GET', '/users/login/nobody', { 'x-user': 'alice' });
    await send('GET', '/users/login/nobody', { 'x-user': 'nobody' });
    await settle();
    const actors = log.records.filter(({ event }) => event !== 'signature_refused');
    expect(actors.map(({ event, actor }) => [event, (actor as User | undefined)?.id])).toEqual([
      ['user_created', 'alice'],
      ['user_updated', 'alice'],
      ['authn_login_success', 'bob'],
      ['authn_login_success', 'alice'],
      ['authn_login_success', undefined],
    ]);
  });

  it('counts for every handler of a class, once, and not for one that has its own or is skipped', async () => {
    for (const path of ['one', 'two', 'skipped']) await send('GET', `/all/${path}`);
    await settle();
    expect(log.events()).toEqual(['user_updated', 'user_archived']);
    trouble.status = 'failing';
    expect(await status('GET', '/all/skipped')).toBe(200);
    expect(await status('GET', '/all/two')).toBe(200);
    expect(await status('GET', '/all/one')).toBe(503);
  });

  it('leaves a call to the guards below it', async () => {
    trouble.status = 'failing';
    expect(await status('GET', '/users/guarded')).toBe(403);
    expect(log.records).toEqual([]);
  });
});

describe.each(['rpc', 'ws', 'graphql'])('@Audit over %s', (type) => {
  async function start() {
    const { log, trouble } = breakableAuditLog();
    const providers = [{ provide: TestingAuditLog, useValue: log }];
    const { module } = await startServices({ providers });
    const recorder = module.get(CallRecorder);
    const { value: remove } = Object.getOwnPropertyDescriptor(UsersController.prototype, 'remove')!;
    const context = new ExecutionContextHost([{}], UsersController, remove);
    context.setType(type);
    const call = (answer: Observable<unknown>): Promise<unknown> =>
      lastValueFrom(new AuditInterceptor(recorder).intercept(context, { handle: () => answer }));
    const allow = (): Promise<boolean> => new AuditGuard(recorder).canActivate(context);
    return { log, trouble, call, allow };
  }

  it('records without the facts of a request', async () => {
    const { log, call } = await start();
    expect(await call(of({ id: '42' }))).toEqual({ id: '42' });
    const [record = {}] = log.records;
    expect(record).toMatchObject({
      event: 'user_deleted',
      outcome: 'success',
      target: { type: 'user', id: '42' },
    });
    for (const field of ['origin', 'http', 'req', 'trace']) {
      expect(record).not.toHaveProperty(field);
    }
  });

  it('refuses with a plain error what cannot be recorded', async () => {
    const { trouble, call, allow } = await start();
    expect(await allow()).toBe(true);
    trouble.refusal = writeFailure();
    await expect(call(of({ id: '42' }))).rejects.toBe(trouble.refusal);
    trouble.status = 'failing';
    await expect(allow()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE', status: 503 });
  });
});

describe('@Audit', () => {
  it.each([
    [{ event: 'Not a name' }, AuditError],
    [{ event: 'user_created', level: 'grave' }, AuditError],
    [{ event: 'user_created', levle: 'info' }, TypeError],
    [{ event: 'user_created', target: { id: '1' } }, TypeError],
    [undefined, TypeError],
  ])('refuses the rule %j when the class is made', (rule, error) => {
    expect(() => Audit(rule as { event: 'user_created' })).toThrow(error);
  });
});
