import { afterEach, describe, expect, it } from '@jest/globals';
import { sign } from '@octokit/webhooks-methods';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { auditText, verifiedRecords } from '../support/audit-chain.js';
import { gitHubPayloads } from '../support/github-payloads.js';
import { notRun } from '../support/not-run.js';
import {
  endSamples,
  newDataFolder,
  showOnTerminal,
  startSample,
  type SampleProcess,
} from '../support/sample-process.js';

const EMAIL = 'grace@example.net';
const PASSWORD = 'a moth in relay 70';
const CREDENTIALS = { email: EMAIL, password: PASSWORD };

afterEach(endSamples);

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  };
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function logIn(url: string): Promise<{ authorization: string }> {
  const { status, body } = await post(`${url}/login`, CREDENTIALS);
  expect(status).toBe(200);
  const { token } = body as { token: string };
  expect(token).toMatch(/^[\w-]{43}$/);
  return { authorization: `Bearer ${token}` };
}

function stored(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8').trim();
}

function payload(event: string): string {
  return gitHubPayloads([event])[0]?.payload ?? '';
}

function printedLines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => /^(?:export|curl|TOKEN=|BODY=)/.test(line));
}

function hasCommands(...commands: string[]): boolean {
  const missing = commands.filter(
    (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0,
  );
  if (missing.length > 0) notRun(`quick-start with ${missing.join(', ')}`);
  return missing.length === 0;
}

describe.each(['express', 'fastify'])('the quick start on %s', (adapter) => {
  const start = (folder: string, environment: Record<string, string> = {}) =>
    startSample({ ADAPTER: adapter, DATA_DIR: folder, ...environment });

  async function started(): Promise<{ sample: SampleProcess; url: string; folder: string }> {
    const folder = newDataFolder();
    const sample = await start(folder);
    expect(sample.stderr()).toBe('');
    return { sample, url: sample.url, folder };
  }

  it('registers somebody once, and logs them in', async () => {
    const { url } = await started();
    expect((await post(`${url}/register`, CREDENTIALS)).status).toBe(201);
    expect((await post(`${url}/register`, CREDENTIALS)).status).toBe(409);
    const shouted = { ...CREDENTIALS, email: EMAIL.toUpperCase() };
    expect((await post(`${url}/register`, shouted)).status).toBe(409);
    await logIn(url);
  });

  it('registers one of two who ask for the same address at the same time', async () => {
    const { url } = await started();
    const answers = await Promise.all([1, 2, 3].map(() => post(`${url}/register`, CREDENTIALS)));
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['201', '409', '409']);
  });

  it('answers a wrong password and an unknown user alike', async () => {
    const { url } = await started();
    await post(`${url}/register`, CREDENTIALS);
    const wrong = await post(`${url}/login`, { email: EMAIL, password: 'not her password' });
    const unknown = await post(`${url}/login`, { email: 'no@example.net', password: PASSWORD });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('www-authenticate')).toBe('Bearer realm="quick-start"');
    expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body]);
  });

  it('refuses malformed input with 400', async () => {
    const { url } = await started();
    const malformed: unknown[] = [
      '{"email":',
      '[]',
      'null',
      {},
      { email: EMAIL },
      { email: [EMAIL], password: PASSWORD },
      { email: { toString: 1 }, password: PASSWORD },
      { email: 'grace', password: PASSWORD },
      { email: `${'a'.repeat(250)}@example.net`, password: PASSWORD },
      { email: EMAIL, password: 'short' },
      { email: EMAIL, password: 'x'.repeat(257) },
      { email: EMAIL, password: 12_345_678 },
      { ...CREDENTIALS, isAdmin: true },
      '{"email":"grace@example.net","password":"lone \\ud800 surrogate"}',
    ];
    for (const route of ['register', 'login']) {
      for (const body of malformed) {
        const answer = await post(`${url}/${route}`, body);
        expect([route, body, answer.status]).toEqual([route, body, 400]);
      }
    }
    expect((await request(`${url}/register`, { method: 'POST' })).status).toBe(400);
  });

  it('keeps notes for whoever is logged in, encrypted on the disk', async () => {
    const { url, folder } = await started();
    await post(`${url}/register`, CREDENTIALS);
    const session = await logIn(url);
    const text = 'the café key is under the “third” pot 🪴';
    const added = await post(`${url}/notes`, { text }, session);
    expect([added.status, added.body]).toEqual([201, { id: expect.any(String), text }]);
    expect((await request(`${url}/notes`, { headers: session })).body).toEqual([added.body]);
    const onDisk = stored(folder, 'notes.json');
    expect(onDisk).toContain('gAAAAA');
    expect(onDisk).not.toContain('third');
    for (const bad of [
      { text: '' },
      { text: 7 },
      { text: 'x'.repeat(10_001) },
      '{"text":"\\udc00"}',
    ]) {
      expect((await post(`${url}/notes`, bad, session)).status).toBe(400);
    }
  });

  it('shows nobody the notes of others', async () => {
    const { url } = await started();
    const other = { email: 'other@example.net', password: PASSWORD };
    await Promise.all([post(`${url}/register`, CREDENTIALS), post(`${url}/register`, other)]);
    await post(`${url}/notes`, { text: 'mine' }, await logIn(url));
    const { body } = await post(`${url}/login`, other);
    const authorization = `Bearer ${(body as { token: string }).token}`;
    expect((await request(`${url}/notes`, { headers: { authorization } })).body).toEqual([]);
  });

  it('asks for a login where there is no session', async () => {
    const { url } = await started();
    const none = ['', 'Bearer', 'Bearer x', `Bearer ${'A'.repeat(43)}`, `Basic ${'A'.repeat(43)}`];
    for (const authorization of none) {
      const answer = await request(`${url}/notes`, { headers: { authorization } });
      expect([authorization, answer.status]).toEqual([authorization, 401]);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="quick-start"');
    }
  });

  it.each(['ping', 'push'])('takes a %s that GitHub signed, and nothing else', async (event) => {
    const { url, folder } = await started();
    const body = payload(event);
    const signature = await sign(stored(folder, 'github-webhook-secret'), body);
    const deliver = (text: string, headers: Record<string, string>) =>
      post(`${url}/webhooks/github`, text, { 'x-github-event': event, ...headers });
    const taken = await deliver(body, { 'x-hub-signature-256': signature });
    expect([taken.status, taken.body]).toEqual([200, { received: event }]);
    const foreign = await sign('another secret', body);
    expect((await deliver(body, { 'x-hub-signature-256': foreign })).status).toBe(401);
    expect((await deliver(`${body} `, { 'x-hub-signature-256': signature })).status).toBe(401);
    expect((await deliver(body, {})).status).toBe(401);
  });

  it('gives reports and the audit log to the API key only', async () => {
    const { url, folder } = await started();
    await post(`${url}/register`, CREDENTIALS);
    const key = { 'x-api-key': stored(folder, 'api-key') };
    const report = await request(`${url}/reports`, { headers: key });
    expect(report.body).toEqual({ apiKey: 'quick-start', users: 1, notes: 0 });
    const { body } = await request(`${url}/audit?limit=1`, { headers: key });
    expect(body).toEqual([expect.objectContaining({ v: 1 })]);
    for (const route of ['reports', 'audit', 'audit?limit=1']) {
      const none = await request(`${url}/${route}`);
      expect(none.status).toBe(401);
      expect(none.headers.get('www-authenticate')).toBe('ApiKey realm="api"');
      const wrong = await request(`${url}/${route}`, { headers: { 'x-api-key': 'wrong' } });
      expect(wrong.status).toBe(401);
    }
    for (const limit of ['0', '1001', '-1', '1.5', 'x', '', '5&limit=6']) {
      expect((await request(`${url}/audit?limit=${limit}`, { headers: key })).status).toBe(400);
    }
  });

  it('records who did what, with a pseudonym where an e-mail address would stand', async () => {
    const { url, folder } = await started();
    const { body } = await post(`${url}/register`, CREDENTIALS);
    const { id } = body as { id: string };
    await logIn(url);
    await post(`${url}/login`, { email: EMAIL, password: 'not her password' });
    await post(`${url}/login`, { email: 'no@example.net', password: PASSWORD });
    const own = verifiedRecords(join(folder, 'audit')).filter(({ event }) =>
      /^(user|authn)_/.test(String(event)),
    );
    expect(own.map(({ event, outcome, actor }) => ({ event, outcome, actor }))).toEqual([
      { event: 'user_created', outcome: 'success', actor: { type: 'user', id } },
      { event: 'authn_login_success', outcome: 'success', actor: { type: 'user', id } },
      { event: 'authn_login_fail', outcome: 'failure', actor: { type: 'user', id } },
      {
        event: 'authn_login_fail',
        outcome: 'failure',
        actor: { type: 'user', pseudo: expect.stringMatching(/^p1\.first\.[\w-]{22}$/) },
      },
    ]);
  });

  it('writes no secret into the audit log or its output', async () => {
    const { sample, url, folder } = await started();
    await post(`${url}/register`, CREDENTIALS);
    await post(`${url}/login`, { ...CREDENTIALS, password: 'not her password' });
    await post(`${url}/login`, { ...CREDENTIALS, email: 'unknown@example.net' });
    const session = await logIn(url);
    await post(`${url}/notes`, { text: 'the third pot' }, session);
    await request(`${url}/audit`, { headers: { 'x-api-key': stored(folder, 'api-key') } });
    await request(`${url}/audit`, { headers: { 'x-api-key': `not-${EMAIL}` } });
    await post(`${url}/webhooks/github`, payload('push'));
    expect(await sample.end('SIGTERM')).toBe(0);
    const traces = auditText(join(folder, 'audit')) + sample.stdout() + sample.stderr();
    const secrets = [
      EMAIL,
      'unknown@example.net',
      PASSWORD,
      'not her password',
      'the third pot',
      session.authorization.slice('Bearer '.length),
      ...['api-key', 'app-key', 'github-webhook-secret'].map((name) => stored(folder, name)),
      '$argon2id$',
    ];
    expect(secrets.filter((secret) => traces.includes(secret))).toEqual([]);
  });

  it('makes folders that only their owner can enter and files that only their owner can read', async () => {
    const { url, folder } = await started();
    await post(`${url}/register`, CREDENTIALS);
    await post(`${url}/notes`, { text: 'x' }, await logIn(url));
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const modes = entries
      // Files that are being put in the place of others are there for a moment.
      .filter((entry) => !entry.isSocket() && !entry.name.endsWith('.new'))
      .map((entry) => [
        entry.isDirectory(),
        statSync(join(entry.parentPath, entry.name)).mode & 0o777,
      ]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(modes.length).toBeGreaterThanOrEqual(18);
    expect(modes.filter(([isFolder, mode]) => mode !== (isFolder ? 0o700 : 0o600))).toEqual([]);
  });

  it('prints lines that work as pasted', async () => {
    if (!hasCommands('bash', 'curl', 'openssl')) return;
    const { sample } = await started();
    const script = ['set -eo pipefail', ...printedLines(sample.stdout())].join('\n');
    const { stdout, stderr, status } = spawnSync('bash', ['-c', script], {
      encoding: 'utf8',
      env: { ...process.env, NO_PROXY: '*' },
    });
    expect([status, stderr.includes('not found')]).toEqual([0, false]);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    const note = { id: expect.any(String), text: 'Buy milk' };
    expect(answers).toEqual([
      { id: expect.any(String) },
      note,
      [note],
      { received: 'ping' },
      { apiKey: 'quick-start', users: 1, notes: 1 },
      expect.arrayContaining([
        expect.objectContaining({ event: 'authn_login_success' }),
        expect.objectContaining({ event: 'webhook_received' }),
      ]),
    ]);
  });

  it('says the same on its page, without the key and without anything from elsewhere', async () => {
    const { sample, url, folder } = await started();
    const { status, headers, body } = await request(url);
    const page = String(body);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const plain = page.replace(/<\/?span>/g, '');
    const shown = plain.replaceAll('&quot;', '"').replaceAll('&#39;', "'");
    const commands = printedLines(sample.stdout()).filter((line) => !line.startsWith('export'));
    expect(commands.length).toBeGreaterThan(7);
    expect(commands.filter((line) => !shown.includes(`<pre>${line}</pre>`))).toEqual([]);
    expect(page).toContain('$API_KEY');
    expect(page).not.toContain(stored(folder, 'api-key'));
    expect(page).not.toContain(stored(folder, 'github-webhook-secret'));
    expect(page).not.toMatch(/<script|@import|\b(?:src|href)="(?!data:)/);
    expect(page).toContain('name="viewport"');
  });

  it('takes the address on its page from the server, not from the request', async () => {
    const { url } = await started();
    const { port } = new URL(url);
    if (!hasCommands('curl')) return;
    const { stdout } = spawnSync('curl', ['-s', '-H', 'Host: evil.example', url], {
      encoding: 'utf8',
    });
    expect(stdout).toContain(`http://127.0.0.1:${port}/register`);
    expect(stdout).not.toContain('evil.example');
  });

  it('survives kill -9 in the middle of writes', async () => {
    const folder = newDataFolder();
    const kept: string[] = [];
    let sample = await start(folder);
    expect((await post(`${sample.url}/register`, CREDENTIALS)).status).toBe(201);
    for (const round of [1, 2, 3]) {
      const { url } = sample;
      const session = await logIn(url);
      const writing = Array.from({ length: 4 }, async (_, writer) => {
        for (let count = 0; ; count += 1) {
          const text = `${round}.${writer}.${count}`;
          const { status } = await post(`${url}/notes`, { text }, session);
          expect(status).toBe(201);
          kept.push(text);
          await post(`${url}/login`, { email: `${text}@example.net`, password: PASSWORD });
        }
      });
      const stopped = Promise.allSettled(writing);
      await new Promise((resolve) => setTimeout(resolve, 400 + 150 * round));
      await sample.end('SIGKILL');
      await stopped;
      sample = await start(folder);
      expect(sample.stderr()).toBe('');
      const { body } = await request(`${sample.url}/notes`, { headers: await logIn(sample.url) });
      const texts = (body as { text: string }[]).map(({ text }) => text);
      expect(kept.filter((text) => !texts.includes(text))).toEqual([]);
      expect(verifiedRecords(join(folder, 'audit')).length).toBeGreaterThan(round);
    }
    expect(kept.length).toBeGreaterThan(3);
  });

  it('refuses a folder that another instance uses, and takes it over when that one was killed', async () => {
    const { sample, folder } = await started();
    const second = await start(folder);
    expect(second.child.exitCode).toBe(1);
    expect(second.stderr()).toBe(
      `Another instance of this sample uses the folder ${folder}: stop it, or set DATA_DIR to another folder.\n`,
    );
    await sample.end('SIGKILL');
    const starters = await Promise.all([start(folder), start(folder), start(folder)]);
    expect(starters.filter(({ url }) => url !== '')).toHaveLength(1);
    expect(starters.filter(({ child }) => child.exitCode === 1)).toHaveLength(2);
  });

  it('names a port that is in use', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const sample = await start(newDataFolder(), { PORT: String(port) });
    other.close();
    expect(sample.child.exitCode).toBe(1);
    expect(sample.stderr()).toBe(
      `Port ${port} of 127.0.0.1 is in use: choose another one with PORT.\n`,
    );
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops cleanly on %s', async (signal) => {
    const { sample, url, folder } = await started();
    // As browsers open one in advance: it has sent nothing, and must not hold up the end.
    const unused = connect(Number(new URL(url).port), '127.0.0.1');
    unused.on('error', () => undefined);
    await once(unused, 'connect');
    expect((await fetch(url)).status).toBe(200);
    expect(await sample.end(signal)).toBe(0);
    expect(sample.stderr()).toBe('');
    const again = await start(folder);
    expect(again.stdout()).toContain('export API_KEY="$(cat "$DATA_DIR/api-key")"');
  });
});

describe('the start of the quick start', () => {
  it.each([
    [{ PORT: '3000x' }, 'PORT must be a whole number from 0 (any free port) to 65535.\n'],
    [{ PORT: '65536' }, 'PORT must be a whole number from 0 (any free port) to 65535.\n'],
    [{ PORT: '-1' }, 'PORT must be a whole number from 0 (any free port) to 65535.\n'],
    [{ ADAPTER: 'koa' }, 'ADAPTER must be express or fastify.\n'],
    [{ HOST: '192.0.2.1' }, 'HOST=192.0.2.1 is no address of this machine.\n'],
  ])('refuses %j', async (environment, message) => {
    const sample = await startSample({ DATA_DIR: newDataFolder(), ...environment });
    expect([sample.child.exitCode, sample.stderr()]).toEqual([1, message]);
  });

  it('refuses a data folder that is a file', async () => {
    const sample = await startSample({ DATA_DIR: 'package.json' });
    expect(sample.child.exitCode).toBe(1);
    expect(sample.stderr()).toMatch(/^DATA_DIR cannot be used as a folder: EEXIST[^\n]*\n$/);
  });

  it('does not make a new key where notes wait for the old one', async () => {
    const folder = newDataFolder();
    const first = await startSample({ DATA_DIR: folder });
    await post(`${first.url}/register`, CREDENTIALS);
    await post(`${first.url}/notes`, { text: 'x' }, await logIn(first.url));
    await first.end('SIGTERM');
    rmSync(join(folder, 'app-key'));
    const second = await startSample({ DATA_DIR: folder });
    expect([second.child.exitCode, second.stderr()]).toEqual([
      1,
      expect.stringMatching(/app-key is gone, and the notes cannot be read without it: [^\n]*\n$/),
    ]);
  });

  it('makes another API key when the digest of the lost one is deleted', async () => {
    const folder = newDataFolder();
    await (await startSample({ DATA_DIR: folder })).end('SIGTERM');
    const lost = stored(folder, 'api-key');
    rmSync(join(folder, 'api-key.sha256'));
    const { url } = await startSample({ DATA_DIR: folder });
    const ask = (key: string) => request(`${url}/reports`, { headers: { 'x-api-key': key } });
    expect((await ask(lost)).status).toBe(401);
    expect((await ask(stored(folder, 'api-key'))).status).toBe(200);
  });

  it('shows the API key on a terminal, once, and keeps no copy of it', async () => {
    if (!hasCommands('script')) return;
    const folder = newDataFolder();
    const first = await showOnTerminal({ DATA_DIR: folder });
    const [, key = ''] = /export API_KEY=([\w-]{43})\r?\n/.exec(first) ?? [];
    expect(key).not.toBe('');
    expect(existsSync(join(folder, 'api-key'))).toBe(false);
    const digest = createHash('sha256').update(key).digest('hex');
    expect(stored(folder, 'api-key.sha256')).toBe(digest);
    const second = await showOnTerminal({ DATA_DIR: folder });
    expect(second).not.toContain('export API_KEY');
    expect(second).toContain('Set API_KEY to the API key that was shown when it was made.');
  });

  it('keeps no API key that nobody has seen', async () => {
    const folder = newDataFolder();
    const failed = await startSample({ DATA_DIR: folder, HOST: '192.0.2.1' });
    expect(failed.child.exitCode).toBe(1);
    expect(readdirSync(folder).filter((name) => name.startsWith('api-key'))).toEqual([]);
  });
});
