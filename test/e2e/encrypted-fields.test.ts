import { afterEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyDocument } from 'nestjs-security';
import { testSecret } from '../support/keys.js';
import { notRun } from '../support/not-run.js';
import {
  endSamples,
  newDataFolder,
  startSample,
  type SampleProcess,
} from '../support/sample-process.js';

const SAMPLE = '04-encrypted-fields';
const IBAN = 'DE89370400440532013000';

afterEach(endSamples);

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function get({ url }: SampleProcess, path: string): Promise<Answer> {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, body: await response.json() };
}

async function post({ url }: SampleProcess, path: string, body: unknown): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

async function add(sample: SampleProcess, name: string, iban = IBAN): Promise<string> {
  const { status, body } = await post(sample, '/customers', { name, iban });
  expect(status).toBe(201);
  return (body as { id: string }).id;
}

async function linkTo(sample: SampleProcess, customer: string): Promise<string> {
  const { body } = await post(sample, '/links', { customer });
  return (body as { path: string }).path;
}

function table(folder: string): { id: string; iban: string }[] {
  return JSON.parse(readFileSync(join(folder, 'customers.json'), 'utf8')) as {
    id: string;
    iban: string;
  }[];
}

describe.each(['express', 'fastify'])('encrypted fields on %s', (adapter) => {
  async function started(
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ sample: SampleProcess; folder: string }> {
    const folder = environment['DATA_DIR'] ?? newDataFolder();
    const settings = { ADAPTER: adapter, DATA_DIR: folder, ...environment };
    const sample = await startSample(settings, SAMPLE);
    expect(sample.stderr()).toBe('');
    return { sample, folder };
  }

  it('stores a column encrypted, and opens it after a restart', async () => {
    const { sample, folder } = await started();
    const id = await add(sample, 'Ada');
    expect(await get(sample, `/customers/${id}`)).toEqual({
      status: 200,
      body: { id, name: 'Ada', iban: IBAN },
    });
    expect(table(folder)).toEqual([
      { id, name: 'Ada', iban: expect.stringMatching(/^f1\.first\.gAAAAA/) },
    ]);
    expect(readFileSync(join(folder, 'customers.json'), 'utf8')).not.toContain(IBAN);
    expect(await sample.end('SIGTERM')).toBe(0);
    const again = await started({ DATA_DIR: folder });
    expect((await get(again.sample, `/customers/${id}`)).body).toMatchObject({ iban: IBAN });
  });

  it('does not open a value that was moved to another row', async () => {
    const { sample } = await started();
    const [ada, eve] = [await add(sample, 'Ada'), await add(sample, 'Eve', 'GB29')];
    expect((await post(sample, `/customers/${eve}/copy-iban`, { from: ada })).status).toBe(204);
    expect((await get(sample, `/customers/${eve}`)).status).toBe(409);
    expect((await get(sample, `/customers/${ada}`)).body).toMatchObject({ iban: IBAN });
  });

  it('seals a value anew under a new key when it is read', async () => {
    const { sample, folder } = await started();
    const ids = [await add(sample, 'Ada'), await add(sample, 'Eve')];
    await sample.end('SIGTERM');
    const file = join(folder, 'keys.json');
    const document = JSON.parse(readFileSync(file, 'utf8')) as KeyDocument;
    const keys = [{ id: 'second', key: testSecret('second') }, ...document.keys];
    writeFileSync(file, JSON.stringify({ ...document, primary: 'second', keys }));
    const { sample: later } = await started({ DATA_DIR: folder });
    expect((await get(later, '/customers/keys')).body).toEqual({ first: 2 });
    expect((await get(later, `/customers/${ids[0]}`)).body).toMatchObject({ iban: IBAN });
    expect((await get(later, '/customers/keys')).body).toEqual({ first: 1, second: 1 });
    expect((await get(later, `/customers/${ids[0]}`)).body).toMatchObject({ iban: IBAN });
  });

  it('opens a link for a while, and nothing that is none', async () => {
    const { sample, folder } = await started();
    const id = await add(sample, 'Ada');
    const path = await linkTo(sample, id);
    expect((await get(sample, path)).body).toEqual({ id, name: 'Ada', iban: IBAN });
    const [, , token] = table(folder)[0]?.iban.split('.') ?? [];
    const others = [
      `${path.slice(0, -6)}AAAA==`,
      `/links?token=${token}`,
      '/links',
      `${path}&token=x`,
    ];
    for (const other of others) expect((await get(sample, other)).status).toBe(400);
  });

  it('refuses a link that is too old', async () => {
    const { sample } = await started({ LINK_SECONDS: '0' });
    const path = await linkTo(sample, await add(sample, 'Ada'));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await get(sample, path)).status).toBe(400);
  });

  it('refuses malformed input with 400, and unknown ids with 404', async () => {
    const { sample } = await started();
    const id = await add(sample, 'Ada');
    const malformed: [path: string, body: unknown][] = [
      ['/customers', []],
      ['/customers', { name: 'Ada' }],
      ['/customers', { name: 'Ada', iban: '\ud800' }],
      ['/customers', { name: 'Ada', iban: 'x'.repeat(35) }],
      ['/customers', { name: 'Ada', iban: IBAN, id: 'mine' }],
      [`/customers/${id}/copy-iban`, {}],
      ['/links', { customer: 5 }],
    ];
    for (const [path, body] of malformed) {
      expect((await post(sample, path, body)).status).toBe(400);
    }
    expect((await get(sample, '/customers/nobody')).status).toBe(404);
    expect((await get(sample, '/customers/__proto__/stored')).status).toBe(404);
    expect((await post(sample, '/links', { customer: 'nobody' })).status).toBe(404);
  });

  it('keeps its files from others, and prints lines that work as pasted', async () => {
    const { sample, folder } = await started();
    await add(sample, 'Ada');
    const modes = ['', 'keys.json', 'customers.json'].map(
      (name) => statSync(join(folder, name)).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o600, 0o600]);
    if (spawnSync('sh', ['-c', 'command -v bash curl sed']).status !== 0) {
      notRun('encrypted-fields with bash, curl, sed');
      return;
    }
    const lines = sample
      .stdout()
      .split('\n')
      .filter((line) => /^(?:curl|[A-Z]+=)/.test(line));
    const pasted = ['set -eo pipefail', ...lines].join('\n');
    const env = { ...process.env, NO_PROXY: '*' };
    const { stdout, status } = spawnSync('bash', ['-c', pasted], { encoding: 'utf8', env });
    expect(status).toBe(0);
    const answers = stdout.split('\n').filter((line) => line.startsWith('{'));
    expect(answers.map((line): unknown => JSON.parse(line))).toEqual([
      expect.objectContaining({ name: 'Ada', iban: IBAN }),
      expect.objectContaining({ name: 'Ada', iban: expect.stringMatching(/^f1\.first\./) }),
      { first: 3 },
      expect.objectContaining({ name: 'Ada', iban: IBAN }),
      expect.objectContaining({ statusCode: 409 }),
    ]);
  });
});

describe('the start of encrypted fields', () => {
  it.each([
    [{ LINK_SECONDS: '-1' }, /^LINK_SECONDS must be a whole number from 0/],
    [{ ADAPTER: 'koa' }, /^ADAPTER must be express or fastify\.\n$/],
  ])('refuses %j', async (environment, message) => {
    const sample = await startSample({ DATA_DIR: newDataFolder(), ...environment }, SAMPLE);
    expect(sample.child.exitCode).toBe(1);
    expect(sample.stderr()).toMatch(message);
  });

  it('makes no new key in place of a lost one', async () => {
    const folder = newDataFolder();
    const sample = await startSample({ DATA_DIR: folder }, SAMPLE);
    await add(sample, 'Ada');
    await sample.end('SIGTERM');
    rmSync(join(folder, 'keys.json'));
    const again = await startSample({ DATA_DIR: folder }, SAMPLE);
    expect(again.child.exitCode).toBe(1);
    expect(again.stderr()).toMatch(/keys\.json is missing: put it back/);
  });

  it('does not start on a table that is damaged', async () => {
    const folder = newDataFolder();
    await (await startSample({ DATA_DIR: folder }, SAMPLE)).end('SIGTERM');
    writeFileSync(join(folder, 'customers.json'), '[{"id":"a"}]');
    const sample = await startSample({ DATA_DIR: folder }, SAMPLE);
    expect(sample.child.exitCode).toBe(1);
    expect(sample.stderr()).toMatch(/customers\.json is damaged/);
  });
});
