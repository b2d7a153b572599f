import assert from 'node:assert/strict';
import type {
  RotationChange,
  RotationReading,
  RotationRow,
  RotationSource,
} from '../encryption/rotation/rotation-source.js';
import type { ContractRunner } from './contract-runner.js';

/** A source under test, and what another user of its rows does behind its back. */
export interface RotationSourceUnderTest {
  /** The source. */
  readonly source: RotationSource;
  /** Writes a value. */
  readonly write: (cursor: string, value: string | null) => Promise<void>;
  /** Deletes a row. */
  readonly remove: (cursor: string) => Promise<void>;
}

const SEALED = ['f1.old.gAAAAA==', 'f1.new.gAAAAA==', 'f1.old.gAAAAB=='];
const BARE = ['gAAAAA==', 'f1.', 'f1.a'];

/**
 * Tests that a {@link RotationSource} keeps what its contract promises.
 *
 * @param createSource gives a source of rows with these values, in this order, and each time another one
 * @example
 * rotationSourceContract({ describe, it }, async (values) => new MyTestTable(values));
 */
export function rotationSourceContract(
  { describe, it }: ContractRunner,
  createSource: (values: readonly (string | null)[]) => Promise<RotationSourceUnderTest>,
): void {
  const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `v${at}`);

  describe('a RotationSource', () => {
    it('has a name', async () => {
      const { source } = await createSource([]);
      assert.equal(typeof source.name, 'string');
      assert.notEqual(source.name, '');
    });

    it('gives nothing where there is nothing', async () => {
      const { source } = await createSource([]);
      assert.deepEqual(await rowsOf(source, { size: 2 }), []);
    });

    it('gives every row once, in batches that are not larger than asked for', async () => {
      const { source } = await createSource(numbered(23));
      for (const size of [1, 5, 22, 23, 24, 1000]) {
        const batches: (readonly RotationRow[])[] = [];
        for await (const batch of source.batches({ size })) batches.push(batch);
        assert.ok(batches.every((batch) => batch.length <= size));
        assert.deepEqual(valuesOf(batches.flat()), numbered(23));
        assert.equal(new Set(batches.flat().map(({ cursor }) => cursor)).size, 23);
      }
    });

    it('goes on behind any cursor', async () => {
      const { source } = await createSource(numbered(12));
      const all = await rowsOf(source, { size: 5 });
      for (const [index, { cursor }] of all.entries()) {
        const rest = await rowsOf(source, { after: cursor, size: 4 });
        assert.deepEqual(valuesOf(rest), numbered(12).slice(index + 1));
      }
    });

    it('goes on behind the cursor of a row that was deleted meanwhile', async () => {
      const { source, remove } = await createSource(numbered(6));
      const [, , third] = await rowsOf(source, { size: 6 });
      await remove(cursorOf(third));
      const rest = await rowsOf(source, { after: cursorOf(third), size: 6 });
      assert.deepEqual(valuesOf(rest), ['v3', 'v4', 'v5']);
    });

    it('gives null as null, or not at all', async () => {
      const { source } = await createSource(['a', null, 'b', null]);
      const values = (await rowsOf(source, { size: 2 })).map(({ value }) => value);
      assert.deepEqual(
        values.filter((value) => value !== null),
        ['a', 'b'],
      );
    });

    it('reads a row anew, and knows when it is gone', async () => {
      const { source, write, remove } = await createSource(['a', 'b', 'c']);
      const [first, second, third] = await rowsOf(source, { size: 3 });
      assert.ok(first && second && third);
      await write(first.cursor, 'changed');
      await write(second.cursor, null);
      await remove(third.cursor);
      const again = await source.reread(first);
      assert.deepEqual([again?.cursor, again?.value], [first.cursor, 'changed']);
      assert.equal((await source.reread(second))?.value, null);
      assert.equal(await source.reread(third), undefined);
    });

    it('replaces a value that still is the old one, and touches no other row', async () => {
      const { source } = await createSource(['a', 'a', 'a']);
      const [, second] = await rowsOf(source, { size: 3 });
      assert.ok(second);
      assert.equal(await source.swap(second, 'a', 'new'), true);
      assert.deepEqual(valuesOf(await rowsOf(source, { size: 3 })), ['a', 'new', 'a']);
    });

    it('replaces nothing else: neither another value, nor null, nor a row that is gone', async () => {
      const { source, write, remove } = await createSource(['a', 'b', 'c']);
      const [first, second, third] = await rowsOf(source, { size: 3 });
      assert.ok(first && second && third);
      await write(first.cursor, 'A');
      await write(second.cursor, null);
      await remove(third.cursor);
      assert.equal(await source.swap(first, 'a', 'new'), false);
      assert.equal(await source.swap(second, 'b', 'new'), false);
      assert.equal(await source.swap(third, 'c', 'new'), false);
      assert.equal((await source.reread(first))?.value, 'A');
    });

    it('lets exactly one of many swaps win', async () => {
      const { source } = await createSource(['a']);
      const [row] = await rowsOf(source, { size: 1 });
      assert.ok(row);
      for (let round = 0; round < 10; round += 1) {
        const old: string = round === 0 ? 'a' : String((await source.reread(row))?.value);
        const tries: Promise<boolean>[] = Array.from({ length: 8 }, (_, at) =>
          source.swap(row, old, `${round}.${at}`),
        );
        const won: number[] = (await Promise.all(tries)).flatMap((isMine, at) =>
          isMine ? at : [],
        );
        assert.equal(won.length, 1);
        assert.equal((await source.reread(row))?.value, `${round}.${won[0]}`);
      }
    });

    it('swaps many rows at once, if it can, each judged by itself', async () => {
      const { source, write, remove } = await createSource(numbered(25));
      if (!source.swapMany) return;
      const rows = await rowsOf(source, { size: 25 });
      await write(cursorOf(rows[3]), 'changed');
      await write(cursorOf(rows[5]), null);
      await remove(cursorOf(rows[7]));
      const changes = changesOf(rows.toReversed());
      const missed = ['v3', 'v5', 'v7'];
      assert.deepEqual(
        await source.swapMany(changes),
        changes.map(({ oldValue }) => !missed.includes(oldValue)),
      );
      for (const [index, row] of rows.entries()) {
        if (missed.includes(`v${index}`)) continue;
        assert.equal((await source.reread(row))?.value, `v${index} new`);
      }
      assert.equal((await source.reread(rows[3] ?? assert.fail()))?.value, 'changed');
    });

    it('swaps many rows at once against others that do so in another order, if it can', async () => {
      const { source } = await createSource(numbered(25));
      if (!source.swapMany) return;
      const changes = changesOf(await rowsOf(source, { size: 25 }));
      const answers = await Promise.all([
        source.swapMany(changes),
        source.swapMany(changes.toReversed()),
        source.swapMany(changes),
      ]);
      const [forth, back, again] = answers;
      for (const [index, { row, newValue }] of changes.entries()) {
        const winners = [forth[index], back.toReversed()[index], again[index]].filter(Boolean);
        const isNew = (await source.reread(row))?.value === newValue;
        assert.equal(winners.length, isNew ? 1 : 0);
      }
    });

    it('keeps a value of a megabyte to the last character', async () => {
      const long = 'x'.repeat(1024 * 1024);
      const { source } = await createSource([long]);
      const [row] = await rowsOf(source, { size: 1 });
      assert.ok(row);
      assert.equal(row.value, long);
      assert.equal(await source.swap(row, long, `${long}y`), true);
      assert.equal((await source.reread(row))?.value, `${long}y`);
    });

    it('counts about as many rows as there are, if it counts', async () => {
      const { source } = await createSource(numbered(10));
      const all = await rowsOf(source, { size: 10 });
      assert.equal((await source.count?.(undefined)) ?? 10, 10);
      assert.equal((await source.count?.(all[3]?.cursor)) ?? 6, 6);
    });

    it('counts the stored form by key and gives the others apart, if it counts it', async () => {
      const { source } = await createSource([...SEALED, null, ...BARE]);
      if (!source.countSealed) return;
      const counts = await source.countSealed();
      assert.deepEqual(
        counts.toSorted((a, b) => b.rows - a.rows),
        [
          { keyId: 'old', rows: 2 },
          { keyId: 'new', rows: 1 },
        ],
      );
      const bare = await rowsOf(source, { size: 2, bareOnly: true });
      assert.deepEqual(valuesOf(bare.filter(({ value }) => value !== null)), BARE);
    });
  });
}

async function rowsOf(source: RotationSource, reading: RotationReading): Promise<RotationRow[]> {
  const rows: RotationRow[] = [];
  for await (const batch of source.batches(reading)) rows.push(...batch);
  return rows;
}

function changesOf(rows: readonly RotationRow[]): RotationChange[] {
  return rows.map((row) => {
    const oldValue = String(row.value);
    return { row, oldValue, newValue: `${oldValue} new` };
  });
}

function valuesOf(rows: readonly RotationRow[]): unknown[] {
  return rows.map(({ value }) => value);
}

function cursorOf(row: RotationRow | undefined): string {
  assert.ok(row);
  return row.cursor;
}
