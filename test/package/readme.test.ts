import { sign } from '@octokit/webhooks-methods';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { auditText, verifiedRecords } from '../support/audit-chain.js';

/** Within the package, so that "nestjs-security" is the built package itself. */
const folder = resolve('build/readme');
const readme = readFileSync('README.md', 'utf8');

/** The block that follows a file's name in the README. */
function blockAfter(name: string): string {
  const [, code = ''] =
    new RegExp(`^\`${name}\`[^\\n]*\\n\\n\`\`\`\\w+\\n([\\s\\S]*?)^\`\`\``, 'm').exec(readme) ?? [];
  if (code === '') throw new Error(`the README has no block for ${name}`);
  return code;
}

describe("the README's first screen", () => {
  let server: ChildProcess;
  let output = '';
  let apiKey = '';
  let url = '';

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'src'), { recursive: true });
    for (const name of ['src/app.module.ts', 'src/app.controller.ts', 'src/main.ts']) {
      writeFileSync(
        join(folder, name),
        blockAfter(name).replace('listen(3000)', "listen(Number(process.env['PORT']))"),
      );
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    const compiled = spawnSync(
      process.execPath,
      [resolve('node_modules/typescript/bin/tsc'), '-p', folder],
      { encoding: 'utf8' },
    );
    if (compiled.status !== 0) throw new Error(compiled.stdout);
    const made = spawnSync('sh', ['-c', blockAfter('.env')], { cwd: folder, encoding: 'utf8' });
    apiKey = /shown only now: (\S+)/.exec(made.stdout)?.[1] ?? '';
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = spawn(process.execPath, ['out/main.js'], {
      cwd: folder,
      env: { ...process.env, PORT: String(port) },
    });
    server.stdout?.on('data', (data) => (output += String(data)));
    server.stderr?.on('data', (data) => (output += String(data)));
  });
  afterAll(() => server.kill('SIGKILL'));

  it('compiles and starts', async () => {
    await until(() => output.includes('successfully started'));
    expect(apiKey).toHaveLength(43);
  });

  it('does what its lines say', async () => {
    const post = (path: string, body: object) =>
      fetch(url + path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
    const credentials = { email: 'alice@example.com', password: 'correct horse battery staple' };
    expect((await post('/register', { ...credentials, card: 'card 7' })).status).toBe(201);
    expect(await (await post('/login', credentials)).json()).toEqual({ card: 'card 7' });
    expect((await post('/login', { ...credentials, password: 'wrong' })).status).toBe(401);
    expect((await fetch(`${url}/reports`)).status).toBe(401);
    expect(
      await (await fetch(`${url}/reports`, { headers: { 'X-API-Key': apiKey } })).json(),
    ).toEqual({ hello: 'ci' });
    expect((await deliver(url, 'another secret')).status).toBe(401);
    expect((await deliver(url, webhookSecret())).status).toBe(204);
    await until(() => output.includes('GitHub says: ping'));
  });

  it('leaves an audit log that is whole and free of secrets', async () => {
    server.kill('SIGTERM');
    await until(() => server.exitCode !== null || server.signalCode !== null);
    const directory = join(folder, 'data/audit');
    const events = verifiedRecords(directory).map(({ event }) => event);
    expect(events).toEqual(
      expect.arrayContaining([
        'user_created',
        'authn_login_fail',
        'password_refused',
        'api_key_refused',
        'api_key_used',
        'webhook_refused',
      ]),
    );
    expect(auditText(directory)).not.toMatch(/alice|correct horse|card 7/);
    expect(auditText(directory)).not.toContain(apiKey);
  });
});

const tsconfig = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2022',
    types: ['node'],
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    rootDir: 'src',
    outDir: 'out',
  },
  include: ['src'],
};

function webhookSecret(): string {
  return (
    /RECEIVERS_GITHUB_SECRET=(\S+)/.exec(readFileSync(join(folder, '.env'), 'utf8'))?.[1] ?? ''
  );
}

async function deliver(url: string, secret: string): Promise<Response> {
  const body = '{"zen":"Keep it logically awesome."}';
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'ping',
    'x-hub-signature-256': await sign(secret, body),
  };
  return fetch(`${url}/webhooks/github`, { method: 'POST', body, headers });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}

async function until(condition: () => boolean): Promise<void> {
  for (let time = 0; time < 300 && !condition(); time += 1)
    await new Promise((wait) => setTimeout(wait, 50));
  expect(condition()).toBe(true);
}
