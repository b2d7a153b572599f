import { Redis } from 'ioredis';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notRun } from './not-run.js';

const HERE = 'redis://127.0.0.1:6379';

/** A Redis that a test file uses, its keys under a prefix of their own. */
export interface TestRedis {
  readonly url: string;
  readonly keyPrefix: string;
  /** Removes the keys, and ends the server if it was started for the tests. */
  end(): Promise<void>;
}

/** A server that belongs to one test. */
export interface OwnRedis {
  readonly url: string;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/**
 * The Redis for the tests of a file: that of `TEST_REDIS_URL`, or one on this machine's usual port, or one that
 * is started. `undefined` when there is none, which is noted; with `REQUIRE_SERVICES=1` that is an error.
 */
export async function redisForTests(what: string): Promise<TestRedis | undefined> {
  const given = process.env['TEST_REDIS_URL'] ?? ((await answers(HERE)) ? HERE : undefined);
  const own = given === undefined && hasServer() ? await startRedis() : undefined;
  const url = given ?? own?.url;
  if (url === undefined) {
    missing(what);
    return undefined;
  }
  const keyPrefix = `test:${randomUUID()}:`;
  return {
    url,
    keyPrefix,
    end: async () => {
      await removeKeys(url, keyPrefix);
      await own?.kill();
    },
  };
}

/** Whether tests can start servers of their own; noted when they cannot. */
export function canStartRedis(what: string): boolean {
  const can = hasServer();
  if (!can) missing(what);
  return can;
}

/** Starts a server, on a free port unless told, which keeps nothing on the disk. */
export async function startRedis(
  settings: readonly string[] = [],
  port?: number,
): Promise<OwnRedis> {
  port ??= await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const server = spawn('redis-server', [...args, ...settings], { stdio: 'ignore' });
  const url = `redis://127.0.0.1:${port}`;
  for (let tries = 0; !(await answers(url)); tries += 1) {
    if (tries > 50) {
      await kill(server, folder);
      throw new Error('redis-server does not answer');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, kill: () => kill(server, folder) };
}

async function kill(server: ChildProcess, folder: string): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    const closed = once(server, 'close');
    server.kill('SIGKILL');
    await closed;
  }
  rmSync(folder, { recursive: true, force: true });
}

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, {
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}

async function removeKeys(url: string, keyPrefix: string): Promise<void> {
  const client = new Redis(url);
  for await (const keys of client.scanStream({ match: `${keyPrefix}*`, count: 1000 })) {
    if ((keys as string[]).length > 0) await client.unlink(...(keys as string[]));
  }
  client.disconnect();
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function hasServer(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

function missing(what: string): void {
  if (process.env['REQUIRE_SERVICES'] === '1') throw new Error(`${what} needs a Redis`);
  notRun(`${what} (no Redis)`);
}
