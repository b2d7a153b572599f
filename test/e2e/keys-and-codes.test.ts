import { afterEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { URI } from 'otpauth';
import { notRun } from '../support/not-run.js';
import { readTerminalQrCode } from '../support/qr-code.js';
import {
  endSamples,
  newDataFolder,
  showOnTerminal,
  startSample,
  type SampleProcess,
} from '../support/sample-process.js';

const SAMPLE = '02-keys-and-codes';
const ACCOUNT = 'ada@example.org';
const KEY_ID = /\d{4}-\d\d-\d\d-[0-9a-f]{8}/;

afterEach(endSamples);

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const { status, headers, text } = await fetch(url, init).then(async (response) => ({
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  }));
  const isJson = headers.get('content-type')?.includes('json') === true;
  return { status, headers, body: isJson ? JSON.parse(text) : text };
}

function post(url: string, body: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return request(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function ringOf({ url }: SampleProcess): Promise<string> {
  const { status, body } = await request(`${url}/keys`);
  expect(status).toBe(200);
  return (body as { ring: string }).ring;
}

async function sign({ url }: SampleProcess, text: string): Promise<string> {
  const { status, body } = await post(`${url}/sign`, { text });
  expect(status).toBe(200);
  return (body as { signature: string }).signature;
}

async function accepts({ url }: SampleProcess, text: string, signature: unknown): Promise<unknown> {
  const { status, body } = await post(`${url}/verify`, { text, signature });
  expect(status).toBe(200);
  return (body as { valid: unknown }).valid;
}

function revoke({ url }: SampleProcess, id: string, apiKey?: string): Promise<Answer> {
  const headers: Record<string, string> = apiKey === undefined ? {} : { 'x-api-key': apiKey };
  return request(`${url}/keys/${id}/revoke`, { method: 'POST', headers });
}

async function enrol({
  url,
}: SampleProcess): Promise<{ uri: string; codeAfter: (ms: number) => string }> {
  const { status, headers, body } = await post(`${url}/codes/totp`, { account: ACCOUNT });
  expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
  const [uri = '', qrCode = ''] = String(body).split('\n\n');
  expect(readTerminalQrCode(qrCode.trimEnd())).toBe(uri);
  const totp = URI.parse(uri);
  if (!('period' in totp)) throw new TypeError('the address is not that of a time-based code');
  return { uri, codeAfter: (ms) => totp.generate({ timestamp: Date.now() + ms }) };
}

async function acceptsCode({ url }: SampleProcess, code: unknown): Promise<unknown> {
  const { status, body } = await post(`${url}/codes/totp/verify`, { account: ACCOUNT, code });
  expect(status).toBe(200);
  return (body as { accepted: unknown }).accepted;
}

function stored(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8').trim();
}

function hasCommands(...commands: string[]): boolean {
  const missing = commands.filter(
    (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0,
  );
  if (missing.length > 0) notRun(`keys-and-codes with ${missing.join(', ')}`);
  return missing.length === 0;
}

describe.each(['express', 'fastify'])('keys and codes on %s', (adapter) => {
  const start = (folder: string): Promise<SampleProcess> =>
    startSample({ ADAPTER: adapter, DATA_DIR: folder }, SAMPLE);

  async function started(): Promise<{ sample: SampleProcess; folder: string; apiKey: string }> {
    const folder = newDataFolder();
    const sample = await start(folder);
    expect(sample.stderr()).toBe('');
    return { sample, folder, apiKey: stored(folder, 'api-key') };
  }

  it('signs and verifies', async () => {
    const { sample } = await started();
    const signature = await sign(sample, 'Pay 10 euros');
    expect(signature).toMatch(/^sha256=[0-9a-f]{64}$/);
    expect(await accepts(sample, 'Pay 10 euros', signature)).toBe(true);
    expect(await accepts(sample, 'Pay 99 euros', signature)).toBe(false);
    expect(await accepts(sample, 'Pay 10 euros', [signature])).toBe(false);
    expect(await accepts(sample, 'Pay 10 euros', undefined)).toBe(false);
  });

  it('keeps the ring and accepts its signatures after a restart', async () => {
    const { sample, folder } = await started();
    const [ring, signature] = [await ringOf(sample), await sign(sample, 'x')];
    expect(ring).toMatch(new RegExp(`^primary ${KEY_ID.source}$`));
    expect(await sample.end('SIGTERM')).toBe(0);
    const again = await start(folder);
    expect(await ringOf(again)).toBe(ring);
    expect(await accepts(again, 'x', signature)).toBe(true);
  });

  it('shares the ring with a second process, which soon hears of a revoked key', async () => {
    const { sample, folder, apiKey } = await started();
    const second = await start(folder);
    const signatures = [await sign(sample, 'x'), await sign(second, 'x')];
    for (const signature of signatures) {
      expect(await accepts(sample, 'x', signature)).toBe(true);
      expect(await accepts(second, 'x', signature)).toBe(true);
    }
    const [id = ''] = KEY_ID.exec(await ringOf(sample)) ?? [];
    expect((await revoke(sample, id, apiKey)).status).toBe(200);
    for (
      let wait = 0;
      wait < 100 && (await accepts(second, 'x', signatures[0])) === true;
      wait += 1
    )
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await accepts(second, 'x', signatures[1])).toBe(false);
    expect(await ringOf(second)).toBe(await ringOf(sample));
    expect(await accepts(sample, 'y', await sign(second, 'y'))).toBe(true);
  });

  it('agrees on one ring and one API key when two processes make the folder at the same time', async () => {
    const folder = newDataFolder();
    const samples = await Promise.all([start(folder), start(folder), start(folder)]);
    expect(samples.map((sample) => sample.stderr())).toEqual(['', '', '']);
    const rings = await Promise.all(samples.map(ringOf));
    expect(new Set(rings).size).toBe(1);
    const unknown = await Promise.all(
      samples.map((sample) => revoke(sample, 'nobody', stored(folder, 'api-key'))),
    );
    expect(unknown.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it('refuses a revoked key at once, and creates with another one', async () => {
    const { sample, apiKey } = await started();
    const signature = await sign(sample, 'x');
    const [id = ''] = KEY_ID.exec(await ringOf(sample)) ?? [];
    const { status, body } = await revoke(sample, id, apiKey);
    expect(status).toBe(200);
    expect(body).toEqual({
      ring: expect.stringMatching(new RegExp(`^primary ${KEY_ID.source}; revoked ${id}$`)),
    });
    expect(await accepts(sample, 'x', signature)).toBe(false);
    expect(await accepts(sample, 'x', await sign(sample, 'x'))).toBe(true);
  });

  it('revokes for nobody without the API key', async () => {
    const { sample } = await started();
    const ring = await ringOf(sample);
    const [id = ''] = KEY_ID.exec(ring) ?? [];
    for (const apiKey of [undefined, 'x'.repeat(43)]) {
      const { status, headers } = await revoke(sample, id, apiKey);
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'ApiKey realm="api"']);
    }
    expect(await ringOf(sample)).toBe(ring);
  });

  it('accepts a code of an authenticator once', async () => {
    const { sample } = await started();
    const { uri, codeAfter } = await enrol(sample);
    expect(uri).toMatch(/^otpauth:\/\/totp\/Keys%20and%20codes:ada%40example\.org\?/);
    const code = codeAfter(0);
    const verdicts = await Promise.all([1, 2, 3].map(() => acceptsCode(sample, code)));
    expect(verdicts.filter((verdict) => verdict === true)).toHaveLength(1);
    expect(await acceptsCode(sample, code)).toBe(false);
    expect(await acceptsCode(sample, codeAfter(30_000))).toBe(true);
    expect(await acceptsCode(sample, code)).toBe(false);
    expect(await acceptsCode(sample, [code])).toBe(false);
    const stranger = { account: 'nobody', code };
    expect((await post(`${sample.url}/codes/totp/verify`, stranger)).body).toEqual({
      accepted: false,
    });
  });

  it('replaces an authenticator only while no code of it was accepted', async () => {
    const { sample } = await started();
    const forgotten = await enrol(sample);
    const { codeAfter } = await enrol(sample);
    expect(await acceptsCode(sample, forgotten.codeAfter(0))).toBe(false);
    expect(await acceptsCode(sample, codeAfter(0))).toBe(true);
    const { status, headers, body } = await post(`${sample.url}/codes/totp`, { account: ACCOUNT });
    expect([status, headers.get('content-type')]).toEqual([
      409,
      expect.stringContaining('application/json'),
    ]);
    expect(body).toEqual(expect.objectContaining({ statusCode: 409 }));
  });

  it('still knows an authenticator whose secret was encrypted under a key that is revoked', async () => {
    const { sample, apiKey } = await started();
    const { codeAfter } = await enrol(sample);
    const [id = ''] = KEY_ID.exec(await ringOf(sample)) ?? [];
    expect((await revoke(sample, id, apiKey)).status).toBe(200);
    expect(await acceptsCode(sample, codeAfter(0))).toBe(true);
    expect(await acceptsCode(sample, codeAfter(30_000))).toBe(true);
  });

  it('makes passwords, passphrases and recovery codes, and says what they are worth', async () => {
    const { sample } = await started();
    const answers = await Promise.all(
      ['password', 'passphrase', 'recovery'].map((name) => request(`${sample.url}/codes/${name}`)),
    );
    expect(answers.map(({ status, headers }) => [status, headers.get('cache-control')])).toEqual(
      Array.from({ length: 3 }, () => [200, 'no-store']),
    );
    const [password, passphrase, recovery] = answers.map(({ body }) => body);
    const value = (form: RegExp): unknown => expect.stringMatching(form);
    expect(password).toEqual({
      value: value(/^[!-~]{16}$/),
      entropyBits: expect.closeTo(104.9, 1),
    });
    expect(passphrase).toEqual({
      value: value(/^[a-z-]+(?: [a-z-]+){5}$/),
      entropyBits: expect.closeTo(77.5, 1),
    });
    expect(recovery).toEqual({
      codes: Array.from({ length: 10 }, () => value(/^[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}$/)),
      entropyBits: 120,
    });
  });

  it('refuses malformed input with 400', async () => {
    const { sample } = await started();
    const malformed: [path: string, body: unknown][] = [
      ['sign', []],
      ['sign', {}],
      ['sign', { text: 1 }],
      ['sign', { text: '\ud800' }],
      ['sign', { text: 'x'.repeat(10_001) }],
      ['verify', { signature: 'sha256=' }],
      ['verify', { text: 'x', signature: 'y', key: 'z' }],
      ['codes/totp', { account: '' }],
      ['codes/totp', { account: 'a:b' }],
      ['codes/totp/verify', { code: '123456' }],
    ];
    const answers = await Promise.all(
      malformed.map(([path, body]) => post(`${sample.url}/${path}`, body)),
    );
    expect(answers.map(({ status }) => status)).toEqual(malformed.map(() => 400));
  });

  it('makes folders that only their owner can enter and files that only their owner can read', async () => {
    const { folder } = await started();
    const modes = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), [entry.isDirectory(), modeOf(path)]] as const;
    });
    expect(modeOf(folder)).toBe(0o700);
    expect(Object.fromEntries(modes)).toEqual({
      'api-key': [false, 0o600],
      'api-key.sha256': [false, 0o600],
      ring: [true, 0o700],
      'ring.copy': [false, 0o600],
      'ring/ring-0000000001.sealed': [false, 0o600],
      'root-key': [false, 0o600],
    });
  });

  it('prints lines that work as pasted, again and again, and no secret', async () => {
    if (!hasCommands('bash', 'curl', 'sed')) return;
    const { sample, folder, apiKey } = await started();
    const lines = sample
      .stdout()
      .split('\n')
      .filter((line) => /^(?:export|curl|printf|[A-Z_]+=)/.test(line));
    for (const round of [1, 2]) {
      const { stdout, status } = spawnSync(
        'bash',
        ['-c', ['set -eo pipefail', ...lines].join('\n')],
        {
          encoding: 'utf8',
          env: { ...process.env, NO_PROXY: '*' },
        },
      );
      expect(status).toBe(0);
      const answers = stdout.split('\n').filter((line) => line.startsWith('{'));
      expect(answers.map((line): unknown => JSON.parse(line))).toEqual([
        { ring: expect.stringContaining('primary') },
        { valid: true },
        { ring: expect.stringMatching(new RegExp(`revoked(?:,? ${KEY_ID.source}){${round}}$`)) },
        { valid: false },
        { accepted: true },
        { accepted: false },
        { value: expect.any(String), entropyBits: expect.any(Number) },
        { value: expect.any(String), entropyBits: expect.any(Number) },
        { codes: expect.any(Array), entropyBits: 120 },
      ]);
      expect(stdout).toContain('otpauth://totp/');
    }
    expect(await sample.end('SIGTERM')).toBe(0);
    const output = sample.stdout() + sample.stderr();
    const secrets = [apiKey, stored(folder, 'root-key'), 'otpauth:'];
    expect(secrets.filter((secret) => output.includes(secret))).toEqual([]);
  });
});

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

describe('the start of keys and codes', () => {
  it.each([
    [{ PORT: '65536' }, 'PORT must be a whole number from 0 (any free port) to 65535.\n'],
    [{ ADAPTER: 'koa' }, 'ADAPTER must be express or fastify.\n'],
  ])('refuses %j', async (environment, message) => {
    const sample = await startSample({ DATA_DIR: newDataFolder(), ...environment }, SAMPLE);
    expect([sample.child.exitCode, sample.stderr()]).toEqual([1, message]);
  });

  it('refuses a data folder that is a file', async () => {
    const sample = await startSample({ DATA_DIR: 'package.json' }, SAMPLE);
    expect(sample.child.exitCode).toBe(1);
    expect(sample.stderr()).toMatch(/^DATA_DIR cannot be used as a folder: EEXIST[^\n]*\n$/);
  });

  it('names a port that is in use', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const sample = await startSample({ DATA_DIR: newDataFolder(), PORT: String(port) }, SAMPLE);
    other.close();
    expect(sample.child.exitCode).toBe(1);
    expect(sample.stderr()).toBe(`Port ${port} is in use: choose another one with PORT.\n`);
  });

  it.each([
    ['ring', /^the store of the managed ring holds generation 0, but generation 1 was seen/],
    ['root-key', /keys\.managed\.rootKey\S* names a file that cannot be read \(ENOENT\)/],
  ])('makes no new one in place of a lost %s', async (lost, message) => {
    const folder = newDataFolder();
    await (await startSample({ DATA_DIR: folder }, SAMPLE)).end('SIGTERM');
    rmSync(join(folder, lost), { recursive: true });
    const sample = await startSample({ DATA_DIR: folder }, SAMPLE);
    expect(sample.child.exitCode).toBe(1);
    expect(sample.stderr()).toMatch(message);
  });

  it('makes another API key when the digest of the lost one is deleted', async () => {
    const folder = newDataFolder();
    await (await startSample({ DATA_DIR: folder }, SAMPLE)).end('SIGTERM');
    const lost = stored(folder, 'api-key');
    rmSync(join(folder, 'api-key.sha256'));
    const sample = await startSample({ DATA_DIR: folder }, SAMPLE);
    expect((await revoke(sample, 'nobody', lost)).status).toBe(401);
    expect((await revoke(sample, 'nobody', stored(folder, 'api-key'))).status).toBe(404);
  });

  it('shows the API key on a terminal, once, and keeps no copy of it', async () => {
    if (!hasCommands('script')) return;
    const folder = newDataFolder();
    const first = await showOnTerminal({ DATA_DIR: folder }, SAMPLE);
    const [, key = ''] = /export API_KEY=([\w-]{43})\r?\n/.exec(first) ?? [];
    expect(readdirSync(folder)).not.toContain('api-key');
    expect(await showOnTerminal({ DATA_DIR: folder }, SAMPLE)).not.toContain('export API_KEY');
    const sample = await startSample({ DATA_DIR: folder }, SAMPLE);
    expect((await revoke(sample, 'nobody', key)).status).toBe(404);
  });
});
