import { Redis } from 'ioredis';
import { performance } from 'node:perf_hooks';
import { createClient } from 'redis';
import { RedisReplayStore, type RedisClient } from '../lib/redis/index.js';
import { MemoryReplayStore } from '../lib/replay/memory.replay-store.js';
import { replayKey } from '../lib/replay/replay-key.js';
import type { ReplayStore } from '../lib/replay/replay-store.js';
import { redisForTests } from '../test/support/redis.js';
import { circumstances, publish, table, versionOf } from './report.js';
import { summaryOf } from './statistics.js';

const HOUR_MS = 3_600_000;
const ROUNDS = 10;
const HELD = [0, 100_000, 1_000_000];
const MEMORY_CALLS = 10_000;
const REDIS_CALLS = 5000;
const PARALLEL = 64;
const FILL = 10_000;
const MEASURED = 1_000_000;

let counter = 0;

/** Keys are made before the clock starts: what is measured is the store. */
function newKeys(count: number): string[] {
  return Array.from({ length: count }, () => replayKey('bench', [String((counter += 1))]));
}

type Call = (store: ReplayStore, key: string) => Promise<unknown>;

const consume: Call = (store, key) => store.consume(key, HOUR_MS);
const claim: Call = (store, key) =>
  store.claim(key, { ttlMs: HOUR_MS, leaseMs: 60_000, token: 'bench' });
const claimAndComplete: Call = async (store, key) => {
  await claim(store, key);
  await store.complete(key, 'bench');
};

/** Calls a second, `parallel` of them under way at a time. */
async function rate(
  store: ReplayStore,
  call: Call,
  count: number,
  parallel: number,
): Promise<number> {
  const keys = newKeys(count);
  const start = performance.now();
  const worker = async (first: number): Promise<void> => {
    for (let index = first; index < keys.length; index += parallel)
      await call(store, keys[index] ?? '');
  };
  await Promise.all(Array.from({ length: parallel }, (_, first) => worker(first)));
  return (count / (performance.now() - start)) * 1000;
}

async function medianRate(run: () => Promise<number>): Promise<string> {
  await run();
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rates.push(await run());
  return Math.round(summaryOf(rates).median).toLocaleString('en');
}

async function memoryRows(): Promise<string[][]> {
  const rows: string[][] = [];
  for (const held of HELD) {
    const store = await filledStore(held);
    const rates = [];
    for (const call of [claim, claimAndComplete, consume]) {
      rates.push(await medianRate(() => rate(store, call, MEMORY_CALLS, 1)));
    }
    rows.push([held.toLocaleString('en'), ...rates]);
  }
  return rows;
}

async function filledStore(held: number): Promise<ReplayStore> {
  const maxEntries = 10_000_000;
  const store = new MemoryReplayStore({ maxEntries, maxEntriesPerNamespace: maxEntries });
  for (let done = 0; done < held; done += FILL) {
    for (const key of newKeys(FILL)) await claim(store, key);
  }
  return store;
}

/** The heap that a million claimed keys take, by each of them. */
async function bytesAKey(): Promise<number> {
  const before = await heapUsed();
  const store = await filledStore(MEASURED);
  const after = await heapUsed();
  // Used once more, so that it is not collected before.
  await consume(store, 'bench:last');
  return Math.round((after - before) / MEASURED);
}

async function heapUsed(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function redisRows(url: string, keyPrefix: string): Promise<string[][]> {
  const ioredis = new Redis(url);
  const nodeRedis = await createClient({ url }).connect();
  const clients: [string, RedisClient][] = [
    ['`ioredis`', ioredis],
    ['`redis`', nodeRedis],
  ];
  const rows: string[][] = [];
  for (const [name, client] of clients) {
    const store = new RedisReplayStore({ client, keyPrefix });
    for (const parallel of [1, PARALLEL]) {
      const rates = [];
      for (const call of [claim, claimAndComplete, consume]) {
        rates.push(await medianRate(() => rate(store, call, REDIS_CALLS, parallel)));
      }
      rows.push([name, String(parallel), ...rates]);
    }
  }
  ioredis.disconnect();
  nodeRedis.destroy();
  return rows;
}

const verbs = ['`claim`', '`claim` and `complete`', '`consume`'];
const redis = await redisForTests('bench/replay against Redis');
const heap = await bytesAKey();
const memory = table([['keys held at first', ...verbs], ...(await memoryRows())]);
const overNetwork = redis
  ? table([['client', 'at a time', ...verbs], ...(await redisRows(redis.url, redis.keyPrefix))])
  : 'There was no Redis.';
await redis?.end();

await publish(
  'replay',
  `# Replay stores

${circumstances(`ioredis ${versionOf('ioredis')}`, `redis ${versionOf('redis')}`)}

New keys a second, in memory:

${memory}

A claimed key takes ${heap} bytes of the heap.

New keys a second, in Redis on the same machine:

${overNetwork}

Method: \`npm run bench:replay\`. Every key is new, and made before the clock starts. Medians of ${ROUNDS} rounds of ${MEMORY_CALLS.toLocaleString('en')} calls in memory, one after the other, and of ${REDIS_CALLS.toLocaleString('en')} in Redis, after one round of warm-up. "At a time" is how many calls were under way together. The two cores are shared by client and server. The heap is that after a collection, with 1,000,000 keys of 49 characters, claimed with one token.
`,
);
