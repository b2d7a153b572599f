import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { RedisReplayStore } from 'nestjs-security/redis';
import { redisForTests } from '../support/redis.js';
import { redisPackages } from '../support/redis-clients.js';

const MINUTE_MS = 60_000;
const KEYS = 200;
const PROCESSES = 6;
const LEASE_MS = 1500;

/** Claims every key, beginning with another one than the other processes and going on when all have begun; or claims one and waits to be killed. */
const NODE = `
import { RedisReplayStore } from ${JSON.stringify(resolve('build/lib/redis/index.js'))};
import { redisPackages } from ${JSON.stringify(resolve('build/test/support/redis-clients.js'))};
const [name, url, keyPrefix, task, first] = process.argv.slice(2);
const { client, close } = await redisPackages.find((each) => each.name === name).open(url);
const store = new RedisReplayStore({ client, keyPrefix, timeoutMs: 20000 });
const token = 'process-' + process.pid;
if (task === 'hold') {
  process.send(await store.claim('held:' + name, { ttlMs: ${MINUTE_MS}, leaseMs: ${LEASE_MS}, token }));
} else {
  const won = [];
  for (let count = 0; count < ${KEYS}; count += 1) {
    if (count === 1) await new Promise((start) => { process.once('message', start); process.send('ready'); });
    const index = (Number(first) + count) % ${KEYS};
    const key = 'race:' + name + index;
    const isMine = index % 2 === 0
      ? (await store.claim(key, { ttlMs: ${MINUTE_MS}, leaseMs: ${MINUTE_MS}, token })) === 'new' && (await store.complete(key, token))
      : (await store.consume(key, ${MINUTE_MS})) === 'new';
    if (isMine) won.push(index);
  }
  process.send(won);
  close();
  process.disconnect();
}
`;

const redis = await redisForTests('replay stores of many processes');

describe('RedisReplayStore among processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  const script = join(folder, 'node.mjs');
  writeFileSync(script, NODE);
  const children: ChildProcess[] = [];

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
    await redis?.end();
  });

  const start = (name: string, task: 'race' | 'hold', first = 0): ChildProcess => {
    const args = [name, redis?.url ?? '', redis?.keyPrefix ?? '', task, String(first)];
    const child = fork(script, args, { execArgv: [] });
    children.push(child);
    return child;
  };
  const answerOf = async (child: ChildProcess): Promise<unknown> =>
    ((await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[])[0];

  it.each(redisPackages)('gives each key to exactly one of many, with $name', async ({ name }) => {
    if (!redis) return;
    const nodes = Array.from({ length: PROCESSES }, (_, index) => start(name, 'race', index));
    expect(await Promise.all(nodes.map(answerOf))).toEqual(nodes.map(() => 'ready'));
    const answers = nodes.map(answerOf);
    for (const node of nodes) node.send('go');
    const won = (await Promise.all(answers)) as number[][];
    expect(won.flat().toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: KEYS }, (_, index) => index),
    );
    // Otherwise there was no race.
    expect(won.every((each) => each.length > 0)).toBe(true);
  });

  it.each(redisPackages)(
    'gives the key of a holder that was killed to another, after the lease, with $name',
    async ({ name, open }) => {
      if (!redis) return;
      const holder = start(name, 'hold');
      expect(await answerOf(holder)).toBe('new');
      const gone = once(holder, 'exit');
      holder.kill('SIGKILL');
      await gone;
      const opened = await open(redis.url);
      const store = new RedisReplayStore({ client: opened.client, keyPrefix: redis.keyPrefix });
      const claim = { ttlMs: MINUTE_MS, leaseMs: MINUTE_MS, token: 'heir' };
      expect(await store.claim(`held:${name}`, claim)).toBe('in-flight');
      await wait(LEASE_MS);
      expect(await store.claim(`held:${name}`, claim)).toBe('new');
      opened.close();
    },
  );
});
