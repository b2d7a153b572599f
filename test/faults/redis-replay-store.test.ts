import { Cluster, Redis } from 'ioredis';
import { Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { inspect } from 'node:util';
import { ReplayError, type ReplayStore } from 'nestjs-security';
import { RedisReplayStore, type RedisClient } from 'nestjs-security/redis';
import { createCluster } from 'redis';
import { endOfAsync } from '../support/error-code.js';
import { canStartRedis, freePort, startRedis, type OwnRedis } from '../support/redis.js';
import { redisPackages } from '../support/redis-clients.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

const MINUTE_MS = 60_000;
const claimOf = (token: string) => ({ ttlMs: MINUTE_MS, leaseMs: MINUTE_MS, token });
const portOf = (url: string): number => Number(new URL(url).port);

const hasServers = canStartRedis('faults of replay stores against Redis');
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function server(settings: readonly string[] = [], port?: number): Promise<OwnRedis> {
  const own = await startRedis(settings, port);
  cleanUps.push(() => own.kill());
  return own;
}

async function storeOn(
  url: string,
  { open }: (typeof redisPackages)[number] = redisPackages[0],
  timeoutMs = 2000,
): Promise<ReplayStore> {
  const opened = await open(url);
  cleanUps.push(() => opened.close());
  return new RedisReplayStore({ client: opened.client, timeoutMs });
}

function adminOf(url: string): Redis {
  const admin = new Redis(url);
  cleanUps.push(() => admin.disconnect());
  return admin;
}

function watchWarnings(): string[] {
  const warnings: string[] = [];
  const logger = {
    log() {},
    error() {},
    warn: (line: unknown) => void warnings.push(String(line)),
  };
  Logger.overrideLogger(logger);
  cleanUps.push(() => Logger.overrideLogger(true));
  return warnings;
}

const describeServers = hasServers ? describe : undefined;

describeServers?.each(redisPackages)('RedisReplayStore with $name', (redisPackage) => {
  it('sends its script again to a server that has lost it', async () => {
    const { url } = await server();
    const store = await storeOn(url, redisPackage);
    expect(await store.consume('a:1', MINUTE_MS)).toBe('new');
    const admin = adminOf(url);
    await admin.script('FLUSH');
    expect(await store.consume('a:1', MINUTE_MS)).toBe('used');
  });

  it('never gives a key twice when the connection is cut before the answer', async () => {
    const { url } = await server();
    const proxy = await startTcpProxy(portOf(url));
    cleanUps.push(() => proxy.close());
    const cut = await storeOn(`redis://127.0.0.1:${proxy.port}`, redisPackage);
    const other = await storeOn(url, redisPackage);
    await cut.consume('warm:up', MINUTE_MS);

    proxy.cutAnswerTo('a:1');
    expect(['used', 'MAC_REPLAY_STORE_FAILED']).toContain(
      await cut.consume('a:1', MINUTE_MS).catch((error: ReplayError) => error.code),
    );
    expect(await other.consume('a:1', MINUTE_MS)).toBe('used');

    // The same call sent twice is one claim, by its token.
    proxy.cutAnswerTo('b:1');
    expect(['new', 'MAC_REPLAY_STORE_FAILED']).toContain(
      await cut.claim('b:1', claimOf('first')).catch((error: ReplayError) => error.code),
    );
    expect(await other.claim('b:1', claimOf('second'))).toBe('in-flight');
    expect(await cut.claim('b:1', claimOf('first'))).toBe('new');
  });

  it('refuses in time while the server is gone, and serves again when it is back', async () => {
    const own = await server();
    const store = await storeOn(own.url, redisPackage, 300);
    expect(await store.consume('a:1', MINUTE_MS)).toBe('new');
    await own.kill();
    const start = Date.now();
    expect(await endOfAsync(() => store.consume('a:2', MINUTE_MS))).toBe('MAC_REPLAY_STORE_FAILED');
    expect(Date.now() - start).toBeLessThan(2000);
    await server([], portOf(own.url));
    for (let tries = 0; tries < 50; tries += 1) {
      if ((await endOfAsync(() => store.consume(`b:${tries}`, MINUTE_MS))) === 'done') return;
      await wait(100);
    }
    throw new Error('it does not serve again');
  });

  it('says that the memory is used up, and what else the server says by its code only', async () => {
    const full = await storeOn((await server(['--maxmemory', '100kb'])).url, redisPackage);
    expect(await endOfAsync(() => full.consume('a:1', MINUTE_MS))).toBe('MAC_REPLAY_STORE_FULL');

    const replica = await server(['--replicaof', '127.0.0.1 1']);
    const store = await storeOn(replica.url, redisPackage);
    const error: unknown = await store
      .claim('secret:key', claimOf('secret-token'))
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ReplayError);
    expect(error).toMatchObject({ code: 'MAC_REPLAY_STORE_FAILED', status: 503 });
    expect(String(error)).toContain('(READONLY)');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/secret/);
  });

  it('refuses a key under which something else is stored', async () => {
    const { url } = await server();
    const store = await storeOn(url, redisPackage);
    const admin = adminOf(url);
    await admin.set('nestjs-security:replay:a:1', 'something else');
    await admin.lpush('nestjs-security:replay:a:2', 'x');
    await expect(store.consume('a:1', MINUTE_MS)).rejects.toThrow('(FOREIGN)');
    await expect(store.claim('a:2', claimOf('t'))).rejects.toThrow('(WRONGTYPE)');
  });

  it('leaves nothing in Redis after the time of a key, and one key a call', async () => {
    const { url } = await server();
    const store = await storeOn(url, redisPackage);
    await store.claim('a:1', claimOf('t'));
    await store.complete('a:1', 't');
    await store.consume('a:2', 200);
    await store.claim('a:3', claimOf('t'));
    await store.release('a:3', 't');
    const admin = adminOf(url);
    expect((await admin.keys('*')).toSorted()).toEqual([
      'nestjs-security:replay:a:1',
      'nestjs-security:replay:a:2',
    ]);
    const left = await admin.pttl('nestjs-security:replay:a:1');
    expect(left).toBeGreaterThan(MINUTE_MS - 5000);
    expect(left).toBeLessThanOrEqual(MINUTE_MS);
    await wait(300);
    expect(await admin.keys('*')).toEqual(['nestjs-security:replay:a:1']);
  });

  it.each([
    ['nothing of a server that evicts nothing', [], []],
    [
      'once of one that evicts',
      ['--maxmemory-policy', 'volatile-lru'],
      ['The maxmemory-policy of Redis is volatile-lru.'],
    ],
  ])('warns %s', async (_, settings, expected) => {
    const warnings = watchWarnings();
    const store = await storeOn((await server(settings)).url, redisPackage);
    await store.consume('a:1', MINUTE_MS);
    await store.consume('a:2', MINUTE_MS);
    await wait(50);
    expect(warnings.map((line) => line.replace(/ Replay protection.*/, ''))).toEqual(expected);
  });
});

describeServers?.('RedisReplayStore', () => {
  it('warns when the server hides its policy', async () => {
    const warnings = watchWarnings();
    const { url } = await server(['--rename-command', 'INFO', '']);
    const store = await storeOn(url, redisPackages[1]);
    expect(await store.consume('a:1', MINUTE_MS)).toBe('new');
    await wait(50);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('cannot be read (INFO memory)');
  });

  it('works on a cluster, with either client, and with numbers that come as text', async () => {
    const { url } = await server([
      '--cluster-enabled',
      'yes',
      '--cluster-announce-ip',
      '127.0.0.1',
      '--cluster-port',
      String(await freePort()),
    ]);
    const admin = adminOf(url);
    await admin.cluster('ADDSLOTSRANGE', 0, 16_383);
    while (!(await admin.cluster('INFO')).includes('cluster_state:ok')) await wait(50);
    const nodes = new Cluster([{ host: '127.0.0.1', port: portOf(url) }]);
    cleanUps.push(() => nodes.disconnect());
    const cluster = createCluster({ rootNodes: [{ url }] });
    await cluster.connect();
    cleanUps.push(() => cluster.destroy());
    const texts = new Redis(url, { stringNumbers: true });
    cleanUps.push(() => texts.disconnect());
    const stores = [texts, nodes, cluster].map(
      (client: RedisClient) => new RedisReplayStore({ client }),
    );
    for (const [index, store] of stores.entries()) {
      expect(await store.claim(`a:${index}`, claimOf('t'))).toBe('new');
      expect(await store.claim(`a:${index}`, claimOf('u'))).toBe('in-flight');
      expect(await store.complete(`a:${index}`, 't')).toBe(true);
      expect(await store.claim(`a:${index}`, claimOf('u'))).toBe('done');
      expect(await store.consume(`b:${index}`, MINUTE_MS)).toBe('new');
      expect(await store.consume(`b:${index}`, MINUTE_MS)).toBe('used');
    }
  });
});

describe('RedisReplayStore', () => {
  const client = { evalsha: async () => 0, eval: async () => 0 };

  it.each<[string, () => unknown]>([
    ['no client', () => new RedisReplayStore({ client: undefined as unknown as RedisClient })],
    ['what is no client', () => new RedisReplayStore({ client: {} as RedisClient })],
    [
      'a prefix that is no text',
      () => new RedisReplayStore({ client, keyPrefix: 7 as unknown as string }),
    ],
    [
      'a misspelt option',
      () => new RedisReplayStore({ client, prefix: 'x' } as { client: RedisClient }),
    ],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(TypeError);
  });

  it('refuses a time limit out of bounds', () => {
    expect(() => new RedisReplayStore({ client, timeoutMs: 0 })).toThrow(RangeError);
  });

  it('takes an answer that it does not know for a refusal', async () => {
    const store = new RedisReplayStore({ client: { ...client, evalsha: async () => 'nonsense' } });
    expect(await store.consume('a:1', 1)).toBe('used');
    expect(await store.claim('a:1', { ttlMs: 1, leaseMs: 1, token: 't' })).toBe('done');
    expect(await store.complete('a:1', 't')).toBe(false);
  });

  it.each([[null], [undefined], [''], [' '], [false], [[]], ['0x0'], [-0.5], ['-0']])(
    'takes the answer %p, of a client that swallows errors, for a refusal',
    async (answer) => {
      const store = new RedisReplayStore({ client: { ...client, evalsha: async () => answer } });
      expect(await store.consume('a:1', 1)).toBe('used');
      expect(await store.claim('a:1', { ttlMs: 1, leaseMs: 1, token: 't' })).toBe('done');
    },
  );
});
