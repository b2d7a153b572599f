import { afterEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { auditText } from '../support/audit-chain.js';
import { notRun } from '../support/not-run.js';
import { pythonWith } from '../support/python.js';
import {
  endSamples,
  newDataFolder,
  startSample,
  type SampleProcess,
} from '../support/sample-process.js';

const SAMPLE = '06-audit-log';
const ADMIN = 'the-administrator';
const API_KEY = 'the-auditor';
const CREDENTIALS = { email: 'ada@example.com', password: 'correct horse' };

afterEach(endSamples);

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A folder in which the commands of the README can be run as they stand there. */
function workFolder(): string {
  const folder = dirname(newDataFolder());
  for (const name of ['dist', 'sample']) symlinkSync(resolve(name), join(folder, name));
  return folder;
}

async function start(folder: string, adapter = 'express'): Promise<SampleProcess> {
  const [DATA_DIR, ANCHOR_DIR] = [join(folder, '.data-06'), join(folder, '.anchor-06')];
  return startSample({ ADAPTER: adapter, DATA_DIR, ANCHOR_DIR, ADMIN, API_KEY }, SAMPLE);
}

async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.json() };
}

function post({ url }: SampleProcess, path: string, body: unknown, isAdmin = false) {
  const headers = {
    'content-type': 'application/json',
    ...(isAdmin && { authorization: `Bearer ${ADMIN}` }),
  };
  return ask(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function recordsOf({ url }: SampleProcess): Promise<Record<string, unknown>[]> {
  const { body } = await ask(`${url}/audit?limit=50`, { headers: { 'x-api-key': API_KEY } });
  return body as Record<string, unknown>[];
}

describe.each(['express', 'fastify'])('sample/06-audit-log on %s', (adapter) => {
  it('records who did what, and never an e-mail address or a password', async () => {
    const folder = workFolder();
    const sample = await start(folder, adapter);
    expect(await post(sample, '/users', CREDENTIALS)).toMatchObject({ status: 401 });
    expect(await post(sample, '/users', CREDENTIALS, true)).toEqual({
      status: 201,
      body: { id: '1' },
    });
    const wrong = { ...CREDENTIALS, password: 'wrong' };
    expect((await post(sample, '/login', wrong)).status).toBe(401);
    expect((await post(sample, '/login', CREDENTIALS)).status).toBe(200);
    expect((await post(sample, '/exports', {}, true)).body).toEqual({ users: 1 });
    const headers = { authorization: `Bearer ${ADMIN}` };
    const deleted = await ask(`${sample.url}/users/1`, { method: 'DELETE', headers });
    expect(deleted).toEqual({ status: 200, body: { id: '1' } });
    expect((await ask(`${sample.url}/users/1`, { method: 'DELETE', headers })).status).toBe(404);
    const records = await recordsOf(sample);
    const pseudonym = expect.stringMatching(/^p1\.first\./);
    expect(records).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ event: 'user_created', target: { type: 'user', id: '1' } }),
        expect.objectContaining({
          event: 'authn_login_fail',
          outcome: 'failure',
          actor: { type: 'user', id: '1', pseudo: pseudonym },
        }),
        expect.objectContaining({
          event: 'sensitive_read',
          actor: { type: 'job', id: 'nightly-export', tenant: 'acme' },
        }),
        expect.objectContaining({
          event: 'user_deleted',
          outcome: 'success',
          actor: { type: 'user', id: 'admin-1' },
          http: { method: 'DELETE', route: '/users/:id' },
        }),
        expect.objectContaining({ event: 'user_deleted', outcome: 'failure', reason: 'http-404' }),
      ]),
    );
    expect(auditText(join(folder, '.data-06', 'audit'))).not.toMatch(/ada@|correct horse|wrong/);
    expect(await sample.end('SIGTERM')).toBe(0);
  });

  it('reveals an address until its user is forgotten, and that of whoever comes after them', async () => {
    const folder = workFolder();
    const address = '12 Elm Street';
    const lastAddress = async ({ url }: SampleProcess): Promise<unknown> => {
      const headers = { 'x-api-key': API_KEY };
      const { body } = await ask(`${url}/audit/users/1`, { headers });
      return (body as { event: string; details?: object }[]).findLast(
        ({ event }) => event === 'user_updated',
      )?.details;
    };
    const asAdmin = ({ url }: SampleProcess, method: string, path: string, body = {}) =>
      ask(url + path, {
        method,
        headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    for (const time of ['once', 'and after a restart']) {
      const sample = await start(folder, adapter);
      expect([time, (await post(sample, '/users', CREDENTIALS, true)).status]).toEqual([time, 201]);
      const moved = await asAdmin(sample, 'PUT', '/users/1/address', { address });
      expect(moved).toEqual({ status: 200, body: { id: '1' } });
      expect(await lastAddress(sample)).toEqual({ address });
      const forgotten = await asAdmin(sample, 'DELETE', '/users/1/personal-data');
      expect(forgotten).toEqual({ status: 200, body: { id: '1' } });
      expect(await lastAddress(sample)).toEqual({ address: '[forgotten]' });
      expect((await asAdmin(sample, 'PUT', '/users/2/address', { address })).status).toBe(404);
      expect((await post(sample, '/users/1/personal-data', {}, true)).status).toBe(404);
      expect(await sample.end('SIGTERM')).toBe(0);
    }
    expect(auditText(join(folder, '.data-06', 'audit'))).not.toContain('Elm Street');
  });

  it('shows the end of its log to the auditor only, and how it does to everybody', async () => {
    const sample = await start(workFolder(), adapter);
    expect((await ask(`${sample.url}/audit`)).status).toBe(401);
    expect((await ask(`${sample.url}/audit/users/1`)).status).toBe(401);
    const headers = { 'x-api-key': API_KEY };
    expect((await ask(`${sample.url}/audit?limit=0`, { headers })).status).toBe(400);
    expect((await ask(`${sample.url}/audit?limit=5`, { headers })).status).toBe(200);
    expect(await ask(`${sample.url}/health`)).toMatchObject({
      status: 200,
      body: { status: 'ok', reasons: [] },
    });
  });
});

describe('the README of sample/06-audit-log', () => {
  const python = pythonWith('hashlib', 'json');
  const hasTools = spawnSync('bash', ['-c', 'command -v curl sed cp']).status === 0;
  if (!hasTools || !python) notRun('the README of sample/06-audit-log: bash, curl or python3');

  const blocks = Array.from(
    readFileSync('sample/06-audit-log/README.md', 'utf8').matchAll(/```sh\n([\s\S]*?)```/g),
    ([, block = '']) => block,
  );

  /** Runs the block that has these words. */
  function run(folder: string, words: string): { status: number | null; said: string } {
    const [block, ...others] = blocks.filter((each) => each.includes(words));
    if (block === undefined || others.length > 0) throw new Error(`no block of its own: ${words}`);
    const script = block.replaceAll('python3 ', `${python} `);
    const options = { cwd: folder, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], options);
    return { status, said: stdout + stderr };
  }

  async function useAndStop(folder: string): Promise<void> {
    const sample = await start(folder);
    const lines = sample.stdout().split('\n');
    const pasted = lines.filter((line) => /^(curl|[A-Z_]+=)/.test(line)).join('\n');
    const { status, stdout } = spawnSync('bash', ['-c', pasted], {
      encoding: 'utf8',
      env: { ...process.env, NO_PROXY: '*' },
    });
    expect(status).toBe(0);
    expect(stdout).toContain('"event":"user_deleted"');
    expect(stdout).toContain('"address":"12 Elm Street"');
    expect(stdout).toContain('"address":"[forgotten]"');
    expect(await sample.end('SIGTERM')).toBe(0);
  }

  it('tells what happens, from the first verification to an older copy', async () => {
    if (!hasTools || !python) return;
    const folder = workFolder();
    await useAndStop(folder);
    expect(run(folder, 'grep -h user_updated').said).toMatch(/"address":"s1\.[\w-]{22}\./);
    expect(run(folder, 'audit trust').status).toBe(0);
    const whole = run(folder, 'verify .data-06/audit --trust audit-trust.json --anchor');
    expect(whole).toEqual({ status: 0, said: expect.stringContaining('CLEAN') });
    const alone = run(folder, 'verify .data-06/audit --trust audit-trust.json\n');
    expect(alone).toEqual({ status: 2, said: expect.stringContaining('anchor-missing') });
    expect(run(folder, 'verify.py').status).toBe(0);
    const proven = run(folder, 'audit prove').said;
    expect(proven).toContain('user_deleted success by user:admin-1 on user:1');
    expect(proven).toContain('c2sp.org/tlog-proof@v1\nindex 9\n');
    expect(run(folder, 'audit export')).toMatchObject({ status: 0 });
    const changed = run(folder, 'cp -r .data-06/audit tampered');
    expect(changed).toEqual({ status: 1, said: expect.stringContaining('record-changed') });
    expect(changed.said).toContain('TAMPERED, first bad record: 2');
    expect(run(folder, 'cp -r .data-06/audit older').status).toBe(0);
    await useAndStop(folder);
    const older = run(folder, 'audit verify older');
    expect(older).toEqual({ status: 1, said: expect.stringContaining('TAMPERED') });
    expect(run(folder, 'verify .data-06/audit --trust audit-trust.json --anchor').status).toBe(0);
    rmSync(join(folder, '.data-06', 'audit'), { recursive: true });
    cpSync(join(folder, 'older'), join(folder, '.data-06', 'audit'), { recursive: true });
    const refused = await start(folder);
    expect(refused.child.exitCode).toBe(1);
    expect(refused.stderr()).toContain('or an older copy of the log was brought back');
  });
});

describe('The start of sample/06-audit-log', () => {
  it.each([
    [{ PORT: '70000' }, /^PORT must be a whole number from 0/],
    [{ ADAPTER: 'koa' }, /^ADAPTER must be express or fastify\.\n$/],
  ])('refuses %j', async (environment, message) => {
    const sample = await startSample({ DATA_DIR: newDataFolder(), ...environment }, SAMPLE);
    expect(sample.child.exitCode).toBe(1);
    expect(sample.stderr()).toMatch(message);
  });

  it('makes no new key for a log whose pseudonyms were made under a lost one', async () => {
    const folder = newDataFolder();
    mkdirSync(join(folder, 'audit'), { recursive: true });
    const sample = await startSample({ DATA_DIR: folder }, SAMPLE);
    expect(sample.child.exitCode).toBe(1);
    expect(sample.stderr()).toMatch(/keys\.json is missing: put it back/);
  });
});
