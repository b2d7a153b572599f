import assert from 'node:assert/strict';
import type { KeyRingStore } from '../key-provider/key-ring-store.js';
import type { ContractRunner } from './contract-runner.js';

/**
 * Tests that a {@link KeyRingStore} keeps what its contract promises.
 *
 * @param createStore gives a store that is empty, and each time another one
 * @param reopen gives another instance over what such a store holds, as another node has it
 * @example
 * keyRingStoreContract({ describe, it }, () => new MyStore(emptyTable()), (store) => new MyStore(store.table));
 */
export function keyRingStoreContract<Store extends KeyRingStore>(
  { describe, it }: ContractRunner,
  createStore: () => Store | Promise<Store>,
  reopen: (store: Store) => Store | Promise<Store>,
): void {
  const signal = new AbortController().signal;

  describe('a KeyRingStore', () => {
    it('has nothing at first', async () => {
      assert.equal(await (await createStore()).read(signal), undefined);
    });

    it('gives what was stored last, to every node', async () => {
      const store = await createStore();
      assert.equal(await store.write({ generation: 1, sealed: 'first' }, signal), true);
      assert.equal(await store.write({ generation: 2, sealed: 'second' }, signal), true);
      assert.deepEqual(await store.read(signal), { generation: 2, sealed: 'second' });
      assert.deepEqual(await (await reopen(store)).read(signal), {
        generation: 2,
        sealed: 'second',
      });
    });

    it('refuses every generation but the next', async () => {
      const store = await createStore();
      assert.equal(await store.write({ generation: 2, sealed: 'x' }, signal), false);
      assert.equal(await store.write({ generation: 1, sealed: 'first' }, signal), true);
      for (const generation of [0, 1, 3]) {
        assert.equal(await store.write({ generation, sealed: 'x' }, signal), false);
      }
      assert.deepEqual(await store.read(signal), { generation: 1, sealed: 'first' });
    });

    it('lets exactly one of many nodes store a generation', async () => {
      const store = await createStore();
      const nodes = await Promise.all(Array.from({ length: 8 }, async () => reopen(store)));
      for (let generation = 1; generation <= 20; generation += 1) {
        const tries = nodes.map((node, index) =>
          node.write({ generation, sealed: `node ${index}` }, signal),
        );
        const winners = (await Promise.all(tries)).flatMap((isStored, index) =>
          isStored ? index : [],
        );
        assert.equal(winners.length, 1);
        assert.deepEqual(await store.read(signal), { generation, sealed: `node ${winners[0]}` });
      }
    });

    it('keeps a ring of a megabyte', async () => {
      const store = await createStore();
      const sealed = 'r1.'.padEnd(1024 * 1024, 'x');
      assert.equal(await store.write({ generation: 1, sealed }, signal), true);
      assert.equal((await store.read(signal))?.sealed, sealed);
    });
  });
}
