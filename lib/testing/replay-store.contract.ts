import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { replayKey } from '../replay/replay-key.js';
import type { ReplayStore } from '../replay/replay-store.js';
import type { ContractRunner } from './contract-runner.js';

const MINUTE_MS = 60_000;
/** Long enough for a store on another machine, short enough for a test. */
const SHORT_MS = 300;
const AFTER_SHORT_MS = 450;

const newKey = (): string => replayKey('contract', [randomUUID()]);
const claimOf = (token: string) => ({ ttlMs: MINUTE_MS, leaseMs: MINUTE_MS, token });

/**
 * Tests that a {@link ReplayStore} keeps what its contract promises. Takes some seconds, by the clock of the
 * store; every key is a new one, and lives for a minute at most.
 *
 * @param openStore gives the store; called once a test
 * @example
 * replayStoreContract({ describe, it }, () => new MyStore(database));
 */
export function replayStoreContract(
  runner: ContractRunner,
  openStore: () => ReplayStore | Promise<ReplayStore>,
): void {
  runner.describe('a ReplayStore', () => {
    claims(runner, openStore);
    leases(runner, openStore);
    consumption(runner, openStore);
    races(runner, openStore);
    badArguments(runner, openStore);
  });
}

type OpenStore = () => ReplayStore | Promise<ReplayStore>;
type Suite = (runner: ContractRunner, openStore: OpenStore) => void;

const claims: Suite = ({ it }, openStore) => {
  it('gives a key to the first who claims it, and to the holder again', async () => {
    const [store, key] = [await openStore(), newKey()];
    assert.equal(await store.claim(key, claimOf('first')), 'new');
    assert.equal(await store.claim(key, claimOf('second')), 'in-flight');
    assert.equal(await store.claim(key, claimOf('first')), 'new');
    assert.equal(await store.claim(newKey(), claimOf('second')), 'new');
  });

  it('knows a completed key, to everybody, and completes it for its holder only', async () => {
    const [store, key] = [await openStore(), newKey()];
    assert.equal(await store.complete(key, 'first'), false);
    await store.claim(key, claimOf('first'));
    assert.equal(await store.complete(key, 'second'), false);
    assert.equal(await store.complete(key, 'first'), true);
    assert.equal(await store.complete(key, 'first'), true);
    assert.equal(await store.complete(key, 'second'), false);
    assert.equal(await store.claim(key, claimOf('first')), 'done');
    assert.equal(await store.claim(key, claimOf('second')), 'done');
  });

  it('takes a key back from its holder only, and never a completed one', async () => {
    const [store, key] = [await openStore(), newKey()];
    assert.equal(await store.release(key, 'first'), false);
    await store.claim(key, claimOf('first'));
    assert.equal(await store.release(key, 'second'), false);
    assert.equal(await store.release(key, 'first'), true);
    assert.equal(await store.complete(key, 'first'), false);
    assert.equal(await store.claim(key, claimOf('second')), 'new');
    await store.complete(key, 'second');
    assert.equal(await store.release(key, 'second'), false);
    assert.equal(await store.claim(key, claimOf('third')), 'done');
  });

  it('forgets a claim and a completed key after its time', async () => {
    const store = await openStore();
    const [claimed, completed] = [newKey(), newKey()];
    const short = { ttlMs: SHORT_MS, leaseMs: SHORT_MS, token: 'first' };
    await store.claim(claimed, short);
    await store.claim(completed, short);
    await store.complete(completed, 'first');
    await wait(AFTER_SHORT_MS);
    assert.equal(await store.complete(claimed, 'first'), false);
    assert.equal(await store.claim(claimed, claimOf('second')), 'new');
    assert.equal(await store.claim(completed, claimOf('second')), 'new');
  });
};

const leases: Suite = ({ it }, openStore) => {
  it('lets another claim a key whose lease is over, and the old holder do nothing more', async () => {
    const [store, key] = [await openStore(), newKey()];
    await store.claim(key, { ttlMs: MINUTE_MS, leaseMs: SHORT_MS, token: 'first' });
    await wait(AFTER_SHORT_MS);
    assert.equal(await store.claim(key, claimOf('second')), 'new');
    assert.equal(await store.complete(key, 'first'), false);
    assert.equal(await store.release(key, 'first'), false);
    assert.equal(await store.complete(key, 'second'), true);
  });

  it('lets a late holder complete a key that nobody else has claimed', async () => {
    const [store, key] = [await openStore(), newKey()];
    await store.claim(key, { ttlMs: MINUTE_MS, leaseMs: SHORT_MS, token: 'first' });
    await wait(AFTER_SHORT_MS);
    assert.equal(await store.complete(key, 'first'), true);
    assert.equal(await store.claim(key, claimOf('second')), 'done');
  });

  it('begins the lease anew when its holder claims again', async () => {
    const [store, key] = [await openStore(), newKey()];
    const short = { ttlMs: MINUTE_MS, leaseMs: SHORT_MS, token: 'first' };
    await store.claim(key, short);
    await store.claim(key, claimOf('first'));
    await wait(AFTER_SHORT_MS);
    assert.equal(await store.claim(key, claimOf('second')), 'in-flight');
  });
};

const consumption: Suite = ({ it }, openStore) => {
  it('uses a key up once, and nothing brings it back', async () => {
    const [store, key] = [await openStore(), newKey()];
    assert.equal(await store.consume(key, MINUTE_MS), 'new');
    assert.equal(await store.consume(key, MINUTE_MS), 'used');
    assert.equal(await store.claim(key, claimOf('first')), 'done');
    assert.equal(await store.release(key, 'first'), false);
    assert.equal(await store.complete(key, 'first'), false);
    assert.equal(await store.consume(key, MINUTE_MS), 'used');
  });

  it('forgets a consumed key after its time', async () => {
    const [store, key] = [await openStore(), newKey()];
    await store.consume(key, SHORT_MS);
    await wait(AFTER_SHORT_MS);
    assert.equal(await store.consume(key, MINUTE_MS), 'new');
  });

  it('does not use up what is claimed or completed, but what a lapsed lease has left', async () => {
    const store = await openStore();
    const [claimed, completed, lapsed] = [newKey(), newKey(), newKey()];
    await store.claim(claimed, claimOf('first'));
    await store.claim(completed, claimOf('first'));
    await store.complete(completed, 'first');
    await store.claim(lapsed, { ttlMs: MINUTE_MS, leaseMs: SHORT_MS, token: 'first' });
    await wait(AFTER_SHORT_MS);
    assert.equal(await store.consume(claimed, MINUTE_MS), 'used');
    assert.equal(await store.consume(completed, MINUTE_MS), 'used');
    assert.equal(await store.consume(lapsed, MINUTE_MS), 'new');
    assert.equal(await store.complete(lapsed, 'first'), false);
  });
};

const races: Suite = ({ it }, openStore) => {
  it('gives a key to exactly one of many who claim or consume it at once', async () => {
    const store = await openStore();
    const many = Array.from({ length: 50 }, (_, index) => `racer-${index}`);
    for (const ask of [
      (key: string, token: string) => store.claim(key, claimOf(token)),
      (key: string) => store.consume(key, MINUTE_MS),
    ]) {
      const key = newKey();
      const answers = await Promise.all(many.map((token) => ask(key, token)));
      assert.equal(answers.filter((answer) => answer === 'new').length, 1);
    }
  });
};

const badArguments: Suite = ({ it }, openStore) => {
  it('rejects keys, tokens and times out of their bounds', async () => {
    const [store, key] = [await openStore(), newKey()];
    for (const bad of ['', 'x'.repeat(257), 'a b', 'é', 'a\n']) {
      await assert.rejects(store.consume(bad, MINUTE_MS), TypeError);
      await assert.rejects(store.claim(bad, claimOf('t')), TypeError);
      await assert.rejects(store.complete(bad, 't'), TypeError);
      await assert.rejects(store.release(bad, 't'), TypeError);
    }
    for (const token of ['', 'x'.repeat(65), 'a b', 'é']) {
      await assert.rejects(store.claim(key, claimOf(token)), TypeError);
      await assert.rejects(store.complete(key, token), TypeError);
      await assert.rejects(store.release(key, token), TypeError);
    }
    for (const ms of [0, -1, 0.5, NaN, Infinity, 3661 * 24 * 3_600_000]) {
      await assert.rejects(store.consume(key, ms), RangeError);
      await assert.rejects(store.claim(key, { ...claimOf('t'), ttlMs: ms }), RangeError);
      await assert.rejects(store.claim(key, { ...claimOf('t'), leaseMs: ms }), RangeError);
    }
    assert.equal(await store.consume(newKey().padEnd(256, 'x'), SHORT_MS), 'new');
  });
};
