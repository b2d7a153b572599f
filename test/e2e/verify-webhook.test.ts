import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { sign } from '@octokit/webhooks-methods';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { VerifyWebhook, WebhookVerifier } from 'nestjs-security';
import { gitHubPayloads } from '../support/github-payloads.js';
import { adapters, startHttp, stopHttp, type HttpApp } from '../support/http-app.js';
import { settle } from '../support/services.js';

const secret = "It's a Secret to Everybody";
const security = { webhook: { receivers: { github: { secret } } } };
const payloads = gitHubPayloads(['push', 'ping']);

@Controller()
class WebhooksController {
  @Post('webhooks/github')
  @HttpCode(200)
  @VerifyWebhook('github')
  receive(@Body() body: { zen?: string; ref?: string; payload?: string }): object {
    return { seen: body.zen ?? body.ref ?? body.payload };
  }
}

const controllers = [WebhooksController];

describe.each(adapters)('@VerifyWebhook on $adapter', ({ create }) => {
  let http: HttpApp;
  beforeAll(async () => {
    http = await startHttp(create, { controllers, security });
  });
  afterAll(stopHttp);

  function deliver(
    body: string | Buffer,
    signature: string | undefined,
    type = 'application/json',
  ): Promise<Response> {
    return fetch(`${http.url}/webhooks/github`, {
      method: 'POST',
      body: new Uint8Array(Buffer.from(body)),
      headers: {
        'content-type': type,
        ...(signature === undefined ? {} : { 'X-Hub-Signature-256': signature }),
      },
    });
  }

  it.each(payloads)("lets GitHub's $event through, signed by Octokit", async ({ payload }) => {
    const answer = await deliver(payload, await sign(secret, payload));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toHaveProperty('seen');
  });

  it('verifies the bytes and not what they mean', async () => {
    const payload = JSON.stringify(JSON.parse(payloads[0]?.payload ?? ''), null, 2);
    const respelt = JSON.stringify(JSON.parse(payload));
    expect((await deliver(respelt, await sign(secret, payload))).status).toBe(401);
    expect((await deliver(respelt, await sign(secret, respelt))).status).toBe(200);
  });

  it("verifies GitHub's example", async () => {
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const verifier = http.app.get(WebhookVerifier);
    const delivery = {
      headers: { 'x-hub-signature-256': signature },
      rawBody: Buffer.from('Hello, World!'),
    };
    expect(await verifier.verify('github', delivery)).toEqual({ ok: true, receiver: 'github' });
  });

  it('verifies forms, too', async () => {
    const form = `payload=${encodeURIComponent('{"zen":"Ünicode"}')}`;
    const answer = await deliver(
      form,
      await sign(secret, form),
      'application/x-www-form-urlencoded',
    );
    expect(answer.status).toBe(200);
  });

  const body = '{"a":1}';
  const digest = createHmac('sha256', secret).update(body).digest('hex');
  it.each<[string, string | undefined]>([
    ['no signature', undefined],
    ['an empty signature', ''],
    ['only a prefix', 'sha256='],
    ['no prefix', digest],
    ['another prefix', `sha1=${digest}`],
    ['a prefix in capitals', `SHA256=${digest}`],
    ['capital digits', `sha256=${digest.toUpperCase()}`],
    ['a digit too few', `sha256=${digest.slice(1)}`],
    ['a digit too many', `sha256=${digest}0`],
    ['no digits at all', `sha256=${'z'.repeat(64)}`],
    ['a digit changed', `sha256=${digest.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))}`],
    ['two signatures', `sha256=${digest}, sha256=${digest}`],
    ['5 kB of signature', `sha256=${digest.repeat(80)}`],
    ['non-ASCII in it', `sha256=${digest.slice(1)}é`],
  ])('answers 401 to %s, always with the same words', async (_, signature) => {
    const answer = await deliver(body, signature);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Signature realm="webhook"');
    expect(await answer.json()).toEqual({ statusCode: 401, message: 'Unauthorized' });
  });

  it('answers 401 to an empty body, and to the signature of another secret', async () => {
    expect(
      (await deliver('', `sha256=${digest}`, 'application/json')).status,
    ).toBeGreaterThanOrEqual(400);
    expect((await deliver(body, await sign('another', body))).status).toBe(401);
  });

  it('takes no body whose bytes are not kept for an empty one', async () => {
    const ofNothing = createHmac('sha256', secret).update('').digest('hex');
    const answer = await deliver('anything at all', `sha256=${ofNothing}`, 'text/plain');
    expect(answer.status).toBe(401);
    await settle();
    expect(http.log.recordsOf('webhook_refused').at(-1)).toMatchObject({ reason: 'body-not-kept' });
  });

  it('reports refusals with the receiver and the reason, and neither secret nor body', async () => {
    await settle();
    const [refusal] = http.log.recordsOf('webhook_refused');
    expect(refusal).toMatchObject({
      target: { type: 'webhook-receiver', id: 'github' },
      http: { method: 'POST', route: '/webhooks/github' },
    });
    expect(JSON.stringify(http.log.records)).not.toContain('Everybody');
  });
});

describe.each(adapters)('an application on $adapter with a webhook route', ({ create }) => {
  afterEach(stopHttp);

  it('does not start without rawBody: true', async () => {
    const starting = startHttp(create, { controllers, security, options: {} });
    await expect(starting).rejects.toMatchObject({ code: 'WEBHOOK_RAW_BODY_MISSING', status: 500 });
    await expect(startHttp(create, { controllers, security, options: {} })).rejects.toThrow(
      'SecurityModule cannot start: rawBody: true is not set, and @VerifyWebhook() needs the body as it was sent',
    );
  });

  it('does not start without the receiver', async () => {
    await expect(startHttp(create, { controllers })).rejects.toThrow(
      'webhook.receivers.github is not configured',
    );
  });

  it('that parses bodies by itself and drops their bytes answers 500, never 401', async () => {
    const { url } = await startHttp(create, {
      controllers,
      security,
      options: { bodyParser: false },
    });
    const answer = await fetch(`${url}/webhooks/github`, {
      method: 'POST',
      body: '{}',
      headers: {
        'content-type': 'application/json',
        'x-hub-signature-256': await sign(secret, '{}'),
      },
    });
    expect(answer.status).toBe(500);
  });

  it('starts without rawBody: true when it has no webhook route', async () => {
    const { url } = await startHttp(create, { security, options: {} });
    expect(url).toContain('127.0.0.1');
  });
});

describe('@VerifyWebhook over HTTP/2', () => {
  afterAll(stopHttp);

  it('sees a body that no header announces', async () => {
    const create = (): FastifyAdapter => new FastifyAdapter({ http2: true } as object);
    const { url } = await startHttp(create, { controllers, security });
    const session = connect(url);
    const deliver = async (type: string, body: string, signed: string): Promise<unknown> => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/webhooks/github',
        'content-type': type,
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(signed).digest('hex')}`,
      });
      stream.end(body);
      const [headers] = (await once(stream, 'response')) as [{ ':status': number }];
      stream.close();
      return headers[':status'];
    };
    const statuses = [
      await deliver('application/json', '{}', '{}'),
      await deliver('text/plain', 'anything at all', ''),
    ];
    session.close();
    expect(statuses).toEqual([200, 401]);
  });
});
