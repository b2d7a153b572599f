import { afterEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { notRun } from '../support/not-run.js';
import {
  endSamples,
  newDataFolder,
  showOnTerminal,
  startSample,
  type SampleProcess,
} from '../support/sample-process.js';

const SAMPLE = '03-passwords';
const OLD_PASSWORD = 'correct horse battery staple';
const ADA = { name: 'ada', password: 'nine slow tugboats in the fog' };
const NEWEST = 'argon2id, native';
/** Who comes from elsewhere, as what, and with which password. */
const IMPORTED = [
  ['django', 'pbkdf2-sha256, django', OLD_PASSWORD],
  ['laravel', 'bcrypt, native', OLD_PASSWORD],
  ['spring', 'bcrypt, spring', 'password'],
  ['md5-table', 'argon2id, wrapped', OLD_PASSWORD],
] as const;
/** What a hash of any of the imported or new accounts has in its text. */
const HASH = /\$(?:argon2|2[aby]|wrapped)|pbkdf2_|9cc2ae8a1ba7a93d/;

afterEach(endSamples);

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: unknown;
}

async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) };
}

function post(url: string, body: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return request(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

function logIn({ url }: SampleProcess, name: string, password = OLD_PASSWORD): Promise<Answer> {
  return post(`${url}/login`, { name, password });
}

function stored(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8').trim();
}

function hasCommands(...commands: string[]): boolean {
  const missing = commands.filter(
    (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0,
  );
  if (missing.length > 0) notRun(`the sample of passwords with ${missing.join(', ')}`);
  return missing.length === 0;
}

describe.each(['express', 'fastify'])('the sample of passwords on %s', (adapter) => {
  const start = (folder: string): Promise<SampleProcess> =>
    startSample({ ADAPTER: adapter, DATA_DIR: folder }, SAMPLE);

  async function started(folder = newDataFolder()) {
    const sample = await start(folder);
    expect(sample.stderr()).toBe('');
    const headers = { 'x-api-key': stored(folder, 'api-key') };
    return {
      sample,
      folder,
      headers,
      hashOf: (name: string) => request(`${sample.url}/users/${name}/hash`, { headers }),
      disable: (name: string) =>
        request(`${sample.url}/users/${name}/disable`, { method: 'POST', headers }),
    };
  }

  it('registers whoever chooses a good password, and tells others what to do', async () => {
    const { sample } = await started();
    const register = (body: unknown) => post(`${sample.url}/users`, body);
    const refused = await register({ name: 'ada', password: 'ada-1234' });
    expect(refused).toMatchObject({
      status: 400,
      body: {
        message: [
          'Use at least 15 characters. Do not build your password on your name, your e-mail address or the name of this service.',
        ],
      },
    });
    expect(await register(ADA)).toMatchObject({ status: 201, body: { name: 'ada' } });
    expect(await register({ ...ADA, password: `${ADA.password}!` })).toMatchObject({
      status: 409,
      body: { message: 'This name is taken.' },
    });
    expect(await logIn(sample, 'ada', ADA.password)).toMatchObject({
      status: 200,
      body: { name: 'ada', before: NEWEST, after: NEWEST },
    });
  });

  it('lets imported accounts in with their old passwords, and renews each hash once', async () => {
    const { sample, folder, hashOf } = await started();
    for (const [name, old, password] of IMPORTED) {
      expect((await hashOf(name)).body).toMatchObject({ isUsable: true });
      expect((await logIn(sample, name, `${password}!`)).status).toBe(401);
      const first = await logIn(sample, name, password);
      expect(first).toMatchObject({ status: 200, body: { name, before: old, after: NEWEST } });
      const users = stored(folder, 'users.json');
      const second = await logIn(sample, name, password);
      expect(second).toMatchObject({ status: 200, body: { name, before: NEWEST, after: NEWEST } });
      expect(stored(folder, 'users.json')).toBe(users);
      expect((await hashOf(name)).body).toMatchObject({ pepperKeyId: 'first', rehashReasons: [] });
      expect((await logIn(sample, name, `${password}!`)).status).toBe(401);
    }
  });

  it('says why a hash is due, and nothing of the hash; stores no bare digest', async () => {
    const { folder, hashOf } = await started();
    expect((await hashOf('django')).body).toEqual({
      isUsable: true,
      scheme: 'pbkdf2-sha256',
      format: 'django',
      parameters: { iterations: 260_000 },
      saltBytes: 22,
      digestBytes: 32,
      rehashReasons: ['scheme', 'layout', 'pepper'],
    });
    expect((await hashOf('md5-table')).body).toMatchObject({ rehashReasons: ['layout'] });
    expect(stored(folder, 'users.json')).toContain('"$wrapped$v=1,digest=md5$argon2id$');
    expect(stored(folder, 'users.json')).not.toContain('9cc2ae8a');
  });

  it('lets all logins of an imported account in that come at a time', async () => {
    const { sample, folder } = await started();
    const logins = Array.from({ length: 4 }, () => logIn(sample, 'django'));
    const answers = await Promise.all(logins);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const users = stored(folder, 'users.json');
    expect(await logIn(sample, 'django')).toMatchObject({ status: 200, body: { before: NEWEST } });
    expect(stored(folder, 'users.json')).toBe(users);
  });

  it('gives one answer to a wrong password, an unknown name and a disabled account', async () => {
    const { sample, disable } = await started();
    expect((await disable('django')).body).toEqual({ isUsable: false, rehashReasons: [] });
    const answers = [
      await logIn(sample, 'laravel', 'wrong'),
      await logIn(sample, 'nobody'),
      await logIn(sample, 'django'),
      await logIn(sample, 'laravel', ''),
      await logIn(sample, 'laravel', 'x'.repeat(5000)),
      await logIn(sample, 'laravel', '\ud800'),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set([
        '401 {"message":"The name or the password is wrong.","error":"Unauthorized","statusCode":401}',
      ]),
    );
  });

  it('keeps a disabled account disabled where a login was under way', async () => {
    const { sample, hashOf, disable } = await started();
    const login = logIn(sample, 'django');
    // The password is being compared by now, and the new hash is not made yet.
    await setTimeout(50);
    await disable('django');
    await login;
    expect((await hashOf('django')).body).toMatchObject({ isUsable: false });
    expect((await logIn(sample, 'django')).status).toBe(401);
  });

  it('shows and disables accounts for the API key only', async () => {
    const { sample, hashOf, disable } = await started();
    const routes = [
      ['GET', 'django/hash'],
      ['POST', 'django/disable'],
      ['GET', 'nobody/hash'],
    ];
    for (const [method = '', route] of routes) {
      for (const headers of [{}, { 'x-api-key': 'wrong' }]) {
        const { status } = await request(`${sample.url}/users/${route}`, { method, headers });
        expect([route, status]).toEqual([route, 401]);
      }
    }
    expect((await hashOf('nobody')).status).toBe(404);
    expect((await disable('nobody')).status).toBe(404);
    expect((await logIn(sample, 'django')).status).toBe(200);
  });

  it('keeps its users over a restart, and imports nobody again', async () => {
    const { sample, folder, disable } = await started();
    await post(`${sample.url}/users`, ADA);
    await logIn(sample, 'laravel');
    await disable('django');
    const users = stored(folder, 'users.json');
    expect(await sample.end('SIGTERM')).toBe(0);
    const { sample: again } = await started(folder);
    expect(stored(folder, 'users.json')).toBe(users);
    const ada = await logIn(again, 'ada', ADA.password);
    expect(ada).toMatchObject({ status: 200, body: { before: NEWEST } });
    const laravel = await logIn(again, 'laravel');
    expect(laravel).toMatchObject({ status: 200, body: { before: NEWEST } });
    expect((await logIn(again, 'django')).status).toBe(401);
  });

  it('turns the pepper: each login renews its hash under the newest key', async () => {
    const { sample, folder } = await started();
    await logIn(sample, 'django');
    await sample.end('SIGTERM');
    const keys = JSON.parse(stored(folder, 'keys.json')) as unknown[];
    const newest = { id: 'second', secret: randomBytes(32).toString('base64') };
    writeFileSync(join(folder, 'keys.json'), JSON.stringify([newest, ...keys]));
    const { sample: again, hashOf } = await started(folder);
    expect((await hashOf('django')).body).toMatchObject({
      pepperKeyId: 'first',
      rehashReasons: ['pepper'],
    });
    expect((await logIn(again, 'django')).status).toBe(200);
    expect((await hashOf('django')).body).toMatchObject({
      pepperKeyId: 'second',
      rehashReasons: [],
    });
    expect((await logIn(again, 'django')).status).toBe(200);
  });

  it('refuses malformed input with 400, and repeats none of it', async () => {
    const { sample } = await started();
    const malformed: [path: string, body: unknown][] = [
      ['users', []],
      ['users', {}],
      ['users', { ...ADA, name: 'a' }],
      ['users', { ...ADA, name: 'Ada' }],
      ['users', { ...ADA, name: 'ada\n' }],
      ['users', { ...ADA, name: ['ada'] }],
      ['users', { ...ADA, password: [ADA.password] }],
      ['users', { ...ADA, password: '\ud800'.repeat(20) }],
      ['users', { ...ADA, password: ADA.password.repeat(200) }],
      ['users', { ...ADA, passwordHash: '$argon2id$' }],
      ['login', { name: 'django' }],
      ['login', { name: ['django'], password: OLD_PASSWORD }],
      ['login', { name: 'django', password: { length: 1 } }],
      ['login', { name: 'django', password: OLD_PASSWORD, admin: true }],
    ];
    const answers = await Promise.all(
      malformed.map(([path, body]) => post(`${sample.url}/${path}`, body)),
    );
    expect(answers.map(({ status }) => status)).toEqual(malformed.map(() => 400));
    const said = answers.map(({ text }) => text).join('\n');
    expect([ADA.password, OLD_PASSWORD].filter((password) => said.includes(password))).toEqual([]);
  });

  it('makes a folder that only its owner can enter and files that only their owner can read', async () => {
    const { folder } = await started();
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(modeOf(folder)).toBe(0o700);
    expect(Object.fromEntries(files.map(({ name }) => [name, modeOf(join(folder, name))]))).toEqual(
      { 'api-key': 0o600, 'api-key.sha256': 0o600, 'keys.json': 0o600, 'users.json': 0o600 },
    );
  });

  it('prints lines that work as pasted, again and again', async () => {
    if (!hasCommands('bash', 'curl', 'seq', 'xargs')) return;
    const { sample } = await started();
    const script = ['set -eo pipefail', ...printedLines(sample.stdout())].join('\n');
    const name = expect.stringMatching(/^ada-\d+$/);
    const loggedIn = (who: unknown, before: string) => ({ name: who, before, after: NEWEST });
    const refused = expect.objectContaining({ statusCode: 401 });
    for (const isFirst of [true, false]) {
      const before = (old: string): string => (isFirst ? old : NEWEST);
      const { stdout, status } = spawnSync('bash', ['-c', script], {
        encoding: 'utf8',
        env: { ...process.env, NO_PROXY: '*' },
      });
      expect(status).toBe(0);
      const answers = stdout.split('\n').filter((line) => line.startsWith('{'));
      expect(answers.map((line): unknown => JSON.parse(line))).toEqual([
        expect.objectContaining({ message: [expect.stringMatching(/^Use at least 15/)] }),
        { name },
        loggedIn(name, NEWEST),
        expect.objectContaining({ format: isFirst ? 'django' : 'native' }),
        loggedIn('django', before('pbkdf2-sha256, django')),
        loggedIn('django', NEWEST),
        loggedIn('laravel', before('bcrypt, native')),
        loggedIn('spring', before('bcrypt, spring')),
        loggedIn('md5-table', before('argon2id, wrapped')),
        expect.objectContaining({ format: 'native', rehashReasons: [] }),
        { isUsable: false, rehashReasons: [] },
        refused,
        refused,
      ]);
      const crowd = stdout.matchAll(/^ *(\d+) (\d{3})$/gm);
      const counts = Object.fromEntries(Array.from(crowd, ([, n, code]) => [code, Number(n)]));
      expect(counts).toEqual({ 200: expect.any(Number), 503: expect.any(Number) });
      expect((counts['200'] ?? 0) + (counts['503'] ?? 0)).toBe(40);
      expect(stdout).not.toMatch(HASH);
    }
  });

  it('writes no password, hash or key into its output, a crowd and a failure included', async () => {
    const { sample, folder, hashOf, disable } = await started();
    await post(`${sample.url}/users`, ADA);
    await post(`${sample.url}/users`, { ...ADA, password: 'hunter2-hunter2' });
    const crowd = Array.from({ length: 30 }, () => logIn(sample, 'ada', ADA.password));
    const answers = await Promise.all([...crowd, logIn(sample, 'ada', 'not-hers'), hashOf('ada')]);
    expect(answers.map(({ status }) => status)).toContain(503);
    await logIn(sample, 'md5-table');
    await disable('md5-table');
    expect(await sample.end('SIGTERM')).toBe(0);
    const output = sample.stdout() + sample.stderr();
    const said = answers.map(({ text }) => text).join('\n');
    expect(`${output}${said}`).not.toMatch(HASH);
    const [key] = JSON.parse(stored(folder, 'keys.json')) as { secret: string }[];
    const secrets = [ADA.password, 'hunter2', 'not-hers', stored(folder, 'api-key'), key?.secret];
    expect(secrets.filter((secret) => output.includes(String(secret)))).toEqual([]);
  });
});

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

function printedLines(stdout: string): string[] {
  return stdout.split('\n').filter((line) => /^(?:export|curl|seq|[A-Z_]+=)/.test(line));
}

describe('the start of the sample of passwords', () => {
  it.each([
    [{ PORT: '65536' }, 'PORT must be a whole number from 0 (any free port) to 65535.\n'],
    [{ ADAPTER: 'koa' }, 'ADAPTER must be express or fastify.\n'],
    [{ HOST: '192.0.2.1' }, 'HOST=192.0.2.1 is no address of this machine.\n'],
  ])('refuses %j', async (environment, message) => {
    const sample = await startSample({ DATA_DIR: newDataFolder(), ...environment }, SAMPLE);
    expect([sample.child.exitCode, sample.stderr()]).toEqual([1, message]);
  });

  it('refuses a data folder that is a file, or that another instance uses', async () => {
    const file = await startSample({ DATA_DIR: 'package.json' }, SAMPLE);
    expect(file.child.exitCode).toBe(1);
    expect(file.stderr()).toMatch(/^DATA_DIR cannot be used as a folder: EEXIST[^\n]*\n$/);
    const folder = newDataFolder();
    await startSample({ DATA_DIR: folder }, SAMPLE);
    const second = await startSample({ DATA_DIR: folder }, SAMPLE);
    expect(second.child.exitCode).toBe(1);
    expect(second.stderr()).toMatch(/^Another instance of this sample uses the folder [^\n]*\n$/);
  });

  it('makes no new key in place of a lost one', async () => {
    const folder = newDataFolder();
    await (await startSample({ DATA_DIR: folder }, SAMPLE)).end('SIGTERM');
    rmSync(join(folder, 'keys.json'));
    const sample = await startSample({ DATA_DIR: folder }, SAMPLE);
    expect(sample.child.exitCode).toBe(1);
    expect(sample.stderr()).toMatch(/keys\.json is gone, and no password can be verified without/);
    expect(readdirSync(folder)).not.toContain('keys.json');
  });

  it.each([
    ['{', /^\S*keys\.json is damaged: [^\n]*\n$/],
    ['[{"id":"first","secret":"c2VjcmV0"}]', /^SecurityModule cannot start: keys[^\n]*\n$/],
  ])('names what is wrong with keys.json when it holds %s', async (text, message) => {
    const folder = newDataFolder();
    await (await startSample({ DATA_DIR: folder }, SAMPLE)).end('SIGTERM');
    writeFileSync(join(folder, 'keys.json'), text);
    const sample = await startSample({ DATA_DIR: folder }, SAMPLE);
    expect(sample.child.exitCode).toBe(1);
    expect(sample.stderr()).toMatch(message);
    expect(sample.stderr()).not.toContain('c2VjcmV0');
  });

  it('shows the API key on a terminal, once, and keeps no copy of it', async () => {
    if (!hasCommands('script')) return;
    const folder = newDataFolder();
    const first = await showOnTerminal({ DATA_DIR: folder }, SAMPLE);
    const [, key = ''] = /export API_KEY=([\w-]{43})\r?\n/.exec(first) ?? [];
    expect(key).not.toBe('');
    expect(readdirSync(folder)).not.toContain('api-key');
    expect(await showOnTerminal({ DATA_DIR: folder }, SAMPLE)).not.toContain('export API_KEY');
    const { url } = await startSample({ DATA_DIR: folder }, SAMPLE);
    const headers = { 'x-api-key': key };
    expect((await request(`${url}/users/django/hash`, { headers })).status).toBe(200);
  });
});

describe('npm run calibrate', () => {
  const calibrate = (...goal: string[]) =>
    spawnSync(process.execPath, [`build/sample/${SAMPLE}/calibrate.js`, ...goal], {
      encoding: 'utf8',
    });

  it('shows what hashes cost here, and the options to set', () => {
    const { stdout, status } = calibrate('2000', '19');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ +memory +passes +lanes +median +fits\n +19 MiB .* yes\n/);
    expect(stdout).toMatch(/\npassword: \{ memoryKiB: 19456, timeCost: \d+, parallelism: \d \}\n$/);
  });

  it.each([
    [['1', '19'], 0, 'Nothing fits into 1 ms: allow more time.'],
    [['0'], 1, 'targetMs must be a whole number from 1 to 60000'],
    [['250', 'x'], 1, 'memoryMiB must be a whole number from 19 to 256'],
  ])('answers %j', (goal, exitCode, message) => {
    const { stdout, stderr, status } = calibrate(...goal);
    expect(status).toBe(exitCode);
    expect(stdout + stderr).toContain(message);
  });
});
