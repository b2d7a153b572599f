import { afterEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { endSamples, startSample } from '../support/sample-process.js';
import { testSecret } from '../support/keys.js';
import { notRun } from '../support/not-run.js';

const SAMPLE = '05-signed-links';

afterEach(endSamples);

/** The origin is signed, port included, so that the sample has to be told a port that is free. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

async function start(environment: Readonly<Record<string, string>> = {}) {
  const KEYS = `a:${testSecret('a')}`;
  return startSample({ KEYS, PORT: await freePort(), ...environment }, SAMPLE);
}

async function send(url: string, method: string, body?: unknown, headers: object = {}) {
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const answer: unknown = isJson ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, answer };
}

describe.each(['express', 'fastify'])('sample/05-signed-links on %s', (ADAPTER) => {
  it('sets a password once for a token that was signed for that', async () => {
    const { url } = await start({ ADAPTER });
    const { answer } = await send(`${url}/password-resets`, 'POST', { account: 'ada' });
    const { token } = answer as { token: string };
    const confirm = (change: object) =>
      send(`${url}/password-resets/confirm`, 'POST', { token, password: 'a new one', ...change });
    expect((await confirm({ password: 'short' })).status).toBe(400);
    expect((await confirm({ token: `${token.slice(0, -2)}AA` })).status).toBe(403);
    expect((await confirm({ token: 5 })).status).toBe(403);
    expect(await confirm({})).toMatchObject({ status: 200, answer: { passwordSetFor: 'ada' } });
    expect((await confirm({})).status).toBe(403);
  });

  it('lets a report be read by its link alone', async () => {
    const { url } = await start({ ADAPTER });
    const { answer } = await send(`${url}/reports/2026-11/link`, 'GET');
    const link = (answer as { url: string }).url;
    expect(await send(url + link, 'GET')).toMatchObject({
      status: 200,
      answer: 'report,total\n2026-11,42\n',
    });
    expect((await send(`${url}/reports/2026-11`, 'GET')).status).toBe(403);
    expect((await send(url + link.replace('2026-11', '2026-12'), 'GET')).status).toBe(403);
    expect((await send(`${url}${link}&as=admin`, 'GET')).status).toBe(403);
  });

  it('believes its own cookie, and no other', async () => {
    const { url } = await start({ ADAPTER });
    const { headers } = await send(`${url}/theme/dark`, 'PUT');
    const [cookie = ''] = (headers.get('set-cookie') ?? '').split(';');
    expect(cookie).toMatch(/^theme=c1\.a\./);
    const shown = async (sent: string) =>
      (await send(`${url}/theme`, 'GET', undefined, { cookie: sent })).answer;
    expect(await shown(`x=y; ${cookie}`)).toMatchObject({ theme: 'dark' });
    expect(await shown('theme=dark')).toMatchObject({ theme: 'light' });
    expect(await shown(cookie.replace('theme=', 'role='))).toMatchObject({ theme: 'light' });
  });

  it('has billing answer to what the shop signed, and to nobody else', async () => {
    const { url } = await start({ ADAPTER });
    expect((await send(`${url}/orders`, 'POST', { order: 'A-17' })).answer).toEqual({
      billingSaid: 201,
      answer: { invoiceFor: 'A-17' },
    });
    const { status, answer } = await send(`${url}/billing/invoices`, 'POST', { order: 'A-17' });
    expect([status, answer]).toEqual([401, { statusCode: 401, message: 'Unauthorized' }]);
  });
});

describe('sample/05-signed-links', () => {
  const hasCurl = spawnSync('bash', ['-c', 'command -v curl sed']).status === 0;
  if (!hasCurl)
    notRun('the lines that sample/05-signed-links prints: bash, curl or sed is missing');

  it('prints lines that show all of it', async () => {
    if (!hasCurl) return;
    const sample = await start();
    const lines = sample
      .stdout()
      .split('\n')
      .filter((line) => /^(curl|[A-Z]+=)/.test(line));
    const script = lines.join('\n').replaceAll("curl -w '\\n'", "curl -s -w ' %{http_code}\\n'");
    const shown = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    const statuses = Array.from(shown.stdout.matchAll(/ (\d{3})$/gm), ([, status]) => status);
    expect(statuses).toEqual(['200', '403', '200', '403', '200', '200', '201', '401']);
    expect(shown.stdout).toContain('"why":"your cookie"');
    expect(shown.stdout).toContain('"why":"no cookie of ours"');
  });

  it('ends at a signal, and says what is wrong with its settings', async () => {
    const sample = await start();
    const { port } = new URL(sample.url);
    const taken = await startSample({ PORT: port }, SAMPLE);
    expect(taken.stderr()).toContain(`Port ${port} is in use`);
    expect(await sample.end('SIGTERM')).toBe(0);
    for (const [name, value, message] of [
      ['PORT', '0', 'PORT must be'],
      ['ADAPTER', 'koa', 'ADAPTER must be'],
      ['KEYS', 'a:short', 'SecurityModule cannot start'],
    ] as const) {
      const refused = await startSample({ PORT: await freePort(), [name]: value }, SAMPLE);
      expect(refused.stderr()).toContain(message);
      expect(refused.stderr()).not.toContain('    at ');
    }
  });
});
