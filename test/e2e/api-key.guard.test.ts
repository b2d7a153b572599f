import { Controller, Get, UseGuards } from '@nestjs/common';
import { createHash } from 'node:crypto';
import {
  ApiKeyGuard,
  CurrentApiKey,
  RequireScopes,
  SecretsService,
  type VerifiedApiKey,
} from 'nestjs-security';
import { adapters, sendRaw, startHttp, stopHttp, type HttpApp } from '../support/http-app.js';
import { settle } from '../support/services.js';

const key = new SecretsService().tokenUrlsafe();
const sha256 = createHash('sha256').update(key).digest('hex');

@Controller('admin')
@UseGuards(ApiKeyGuard)
@RequireScopes('admin')
class AdminController {
  @Get('by-class')
  byClass(): void {}

  @Get('by-handler')
  @RequireScopes('reports:read', 'reports:write')
  byHandler(): void {}

  @Get('open')
  @RequireScopes()
  open(): void {}
}

@Controller()
class ReportsController {
  @Get('reports/:id')
  @UseGuards(ApiKeyGuard)
  report(@CurrentApiKey() apiKey: VerifiedApiKey): object {
    return { as: apiKey.id };
  }
}

describe.each(adapters)('ApiKeyGuard on $adapter', ({ create }) => {
  let http: HttpApp;
  beforeAll(async () => {
    http = await startHttp(create, {
      controllers: [ReportsController],
      security: {
        apiKey: {
          keys: [
            { id: 'other', sha256: '0a'.repeat(32) },
            { id: 'ci', sha256 },
          ],
        },
      },
    });
  });
  afterAll(stopHttp);

  const get = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${http.url}/reports/7`, { headers });
  const raw = (...headers: (string | Buffer)[]): Promise<string> =>
    sendRaw(
      http.url,
      Buffer.concat([
        Buffer.from('GET /reports/7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'),
        ...headers.flatMap((header) => [Buffer.from(header), Buffer.from('\r\n')]),
        Buffer.from('\r\n'),
      ]),
    );

  it('lets a known key through and gives its id to the handler', async () => {
    const answer = await get({ 'X-API-Key': key });
    expect([answer.status, await answer.json()]).toEqual([200, { as: 'ci' }]);
  });

  it.each<[string, Record<string, string>]>([
    ['no key', {}],
    ['an empty key', { 'X-API-Key': '' }],
    ['an unknown key', { 'X-API-Key': new SecretsService().tokenUrlsafe() }],
    ['a key cut short', { 'X-API-Key': key.slice(0, -1) }],
    ['a key with a tail', { 'X-API-Key': `${key}A` }],
    ['the digest instead of the key', { 'X-API-Key': sha256 }],
    ['a key of 10 kB', { 'X-API-Key': 'A'.repeat(10_240) }],
    ['a key in another header', { Authorization: key }],
    ['two keys in one header', { 'X-API-Key': `${key}, ${key}` }],
  ])('answers 401 to %s, always with the same words', async (_, headers) => {
    const answer = await get(headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('ApiKey realm="api"');
    expect(await answer.json()).toEqual({ statusCode: 401, message: 'Unauthorized' });
  });

  it.each<[string, Buffer]>([
    ['UTF-8', Buffer.from('X-API-Key: schlüssel')],
    ['Latin-1', Buffer.from('X-API-Key: schl\xfcssel', 'latin1')],
    ['a tab', Buffer.from('X-API-Key: a\tb')],
  ])('answers 401 to a key with %s in it', async (_, header) => {
    expect(await raw(header)).toBe('HTTP/1.1 401 Unauthorized');
  });

  it('answers 400 to a repeated header, even of the right key', async () => {
    expect(await raw(`X-API-Key: ${key}`, `x-api-key: ${key}`)).toBe('HTTP/1.1 400 Bad Request');
    expect(await raw(`X-API-Key: ${key}`)).toBe('HTTP/1.1 200 OK');
  });

  it('reports uses and refusals, with the route and never the key', async () => {
    await settle();
    const [use] = http.log.recordsOf('api_key_used');
    expect(use).toMatchObject({
      actor: { type: 'api-key', id: 'ci' },
      http: { method: 'GET', route: '/reports/:id' },
    });
    const reasons = http.log.recordsOf('api_key_refused').map((record) => record['reason']);
    expect(new Set(reasons)).toEqual(new Set(['missing', 'malformed', 'unknown']));
    expect(JSON.stringify(http.log.records)).not.toContain(key.slice(0, 20));
  });
});

describe.each(adapters)('ApiKeyGuard without keys on $adapter', ({ create }) => {
  afterEach(stopHttp);

  it('is a 500 whose log entry names the option', async () => {
    const errors: unknown[] = [];
    const logger = { log() {}, warn() {}, error: (message: unknown) => errors.push(message) };
    const { url } = await startHttp(create, {
      controllers: [ReportsController],
      options: { logger },
    });
    const answer = await fetch(`${url}/reports/7`, { headers: { 'X-API-Key': key } });
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { statusCode: 500, message: 'Internal Server Error' },
    ]);
    expect(errors.join()).toContain(
      '[APIKEY_NOT_CONFIGURED] ApiKeyService cannot be used: apiKey.keys lists no key',
    );
  });
});

describe.each(adapters)('@RequireScopes on $adapter', ({ create }) => {
  let http: HttpApp;
  const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
  beforeAll(async () => {
    http = await startHttp(create, {
      controllers: [AdminController],
      security: {
        apiKey: {
          keys: [
            {
              id: 'all',
              sha256: digestOf('key-of-all'),
              scopes: ['admin', 'reports:read', 'reports:write'],
            },
            { id: 'reader', sha256: digestOf('key-of-reader'), scopes: ['reports:read'] },
            { id: 'none', sha256: digestOf('key-of-none') },
          ],
        },
      },
    });
  });
  afterAll(stopHttp);

  it.each([
    ['all', 200, 200, 200],
    ['reader', 403, 403, 200],
    ['none', 403, 403, 200],
    ['nobody', 401, 401, 401],
  ])(
    'answers the key of "%s" by its scopes, those of the handler before those of the class',
    async (id, ...statuses) => {
      const paths = ['by-class', 'by-handler', 'open'];
      const headers = { 'X-API-Key': `key-of-${id}` };
      const answers = await Promise.all(
        paths.map((path) => fetch(`${http.url}/admin/${path}`, { headers })),
      );
      expect(answers.map(({ status }) => status)).toEqual(statuses);
    },
  );

  it('reports which key lacked a scope', async () => {
    await settle();
    const refusals = http.log
      .recordsOf('api_key_refused')
      .filter((record) => record['reason'] === 'scope-missing');
    expect(new Set(refusals.map(({ actor }) => (actor as { id: string }).id))).toEqual(
      new Set(['reader', 'none']),
    );
  });
});
