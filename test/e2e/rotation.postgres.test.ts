import { setImmediate as nextTurn } from 'node:timers/promises';
import { EncryptionService, RotationService, sqlSource, type SqlClient } from 'nestjs-security';
import { EncryptedTable } from '../support/encrypted-table.js';
import { testKey } from '../support/keys.js';
import { notRun } from '../support/not-run.js';
import { openTestDatabase, type TestDatabase } from '../support/postgres.js';
import { startServices } from '../support/services.js';

let database: TestDatabase;
let client: SqlClient;
let before: EncryptionService;
let encryption: EncryptionService;
let rotation: RotationService;
let made = 0;

beforeAll(async () => {
  database = await openTestDatabase('rotation in SQL');
  ({ client } = database);
  before = (await startServices({ keys: [testKey('old')] })).module.get(EncryptionService);
  const { module } = await startServices({ keys: [testKey('new'), testKey('old')] });
  encryption = module.get(EncryptionService);
  rotation = module.get(RotationService);
});
afterAll(() => database.close());

async function filled(rows: number): Promise<EncryptedTable> {
  const table = new EncryptedTable(client, `people_${(made += 1)}`);
  await table.fill(before, rows);
  return table;
}

function sourceOf({ name: table }: EncryptedTable, of: SqlClient = client) {
  return sqlSource({
    client: of,
    table: `${database.schema}.${table}`,
    key: 'id',
    column: 'iban',
    context: ({ id }) => EncryptedTable.contextOf(id ?? ''),
  });
}

describe('a rotation in SQL', () => {
  it('brings every row under the primary key, and a second one finds nothing to do', async () => {
    const table = await filled(1203);
    const source = sourceOf(table);
    expect(await rotation.run({ source, dryRun: false })).toMatchObject({
      source: `${database.schema}.${table.name}.iban`,
      scanned: 1203,
      rotated: 1203,
      lastCursor: '1203',
      done: true,
    });
    expect(await table.countUnder('new')).toBe(1203);
    expect(await table.opened(encryption)).toEqual(EncryptedTable.intact(1203));
    expect(await rotation.run({ source, dryRun: false })).toMatchObject({
      rotated: 0,
      alreadyCurrent: 1203,
    });
  });

  it('loses nothing that others write meanwhile', async () => {
    const table = await filled(3000);
    const rotated = new AbortController();
    const written = new Map<number, string>();
    const writer = async (): Promise<void> => {
      for (let round = 0; !rotated.signal.aborted; round += 1) {
        const id = ((round * 7919) % 3000) + 1;
        const text = `written in round ${round}`;
        // Some nodes have not heard of the new key yet.
        const node = round % 3 === 0 ? before : encryption;
        const value = node.seal(text, { context: EncryptedTable.contextOf(`${id}`) });
        await client.query(`UPDATE ${table.name} SET iban = $1 WHERE id = $2`, [value, id]);
        written.set(id, text);
        // The embedded database answers without ever leaving the turn.
        await nextTurn();
      }
    };
    const writing = Promise.all([writer(), writer()]);
    const report = await rotation.run({ source: sourceOf(table), dryRun: false, batchSize: 300 });
    rotated.abort();
    await writing;
    expect(report).toMatchObject({ scanned: 3000, failedCount: 0, done: true });
    expect(written.size).toBeGreaterThan(10);
    const expected = EncryptedTable.intact(3000).map((row, index) => {
      const text = written.get(index + 1);
      return text === undefined ? row : `${index + 1} ${text}`;
    });
    expect(await table.opened(encryption)).toEqual(expected);
  });

  it('reads anew what was changed between reading and writing', async () => {
    const table = await filled(40);
    // Every second value changes just before it would be replaced, once.
    const changed = new Set<string>();
    const interfering: SqlClient = {
      query: async (text, parameters) => {
        const ids = text.startsWith('UPDATE') ? (parameters[0] as string[]) : [];
        for (const id of ids.filter((one) => Number(one) % 2 === 0 && !changed.has(one))) {
          changed.add(id);
          const context = EncryptedTable.contextOf(id);
          const value = before.seal(`changed ${id}`, { context });
          await client.query(`UPDATE ${table.name} SET iban = $1 WHERE id = $2`, [value, id]);
        }
        return client.query(text, parameters);
      },
    };
    const report = await rotation.run({ source: sourceOf(table, interfering), dryRun: false });
    expect(report).toMatchObject({ rotated: 40, lostRaces: 20, failedCount: 0 });
    const rows = await table.opened(encryption);
    expect(rows.slice(0, 4)).toEqual(['1 iban 1', '2 changed 2', '3 iban 3', '4 changed 4']);
    expect(await table.countUnder('new')).toBe(40);
  });

  it('takes a transaction that was faster for a lost race, and every other error for the end', async () => {
    const table = await filled(30);
    const failures = ['40001', '40P01', undefined, '23514'];
    const failing: SqlClient = {
      query: async (text, parameters) => {
        const code = text.startsWith('UPDATE') ? failures.shift() : undefined;
        if (code !== undefined) throw Object.assign(new Error(`failed with ${code}`), { code });
        return client.query(text, parameters);
      },
    };
    const run = rotation.run({ source: sourceOf(table, failing), dryRun: false, concurrency: 1 });
    await expect(run).rejects.toThrow('failed with 23514');
    const second = await rotation.run({ source: sourceOf(table), dryRun: false });
    expect(second).toMatchObject({ rotated: 5, alreadyCurrent: 25 });
  });

  it('counts the values by key without opening those that name theirs', async () => {
    const table = await filled(10);
    await client.query(`UPDATE ${table.name} SET iban = NULL WHERE id = 1`, []);
    const set = async (id: number, value: string): Promise<void> => {
      await client.query(`UPDATE ${table.name} SET iban = $1 WHERE id = $2`, [value, id]);
    };
    await set(2, encryption.seal('x', { context: EncryptedTable.contextOf('2') }));
    await set(3, before.encrypt('x', { context: EncryptedTable.contextOf('3') }));
    await set(4, encryption.encrypt('x', { context: 'another context' }));
    await set(5, 'f1.constructor.damaged');
    expect(await rotation.keyUsage(sourceOf(table))).toEqual({
      source: `${database.schema}.${table.name}.iban`,
      keys: [
        { keyId: 'old', rows: 6 },
        { keyId: 'constructor', rows: 1 },
        { keyId: 'new', rows: 1 },
      ],
      unknown: 1,
    });
  });
});

describe('a table whose key does not tell rows apart', () => {
  it.each([
    ['a key that stands for several rows', '(1), (2), (2), (3)', 'stands for several rows'],
    ['a row without a key', '(1), (2), (NULL)', 'is null'],
  ])('is refused: %s', async (_, keys, problem) => {
    const name = `loose_${(made += 1)}`;
    await client.query(`CREATE TABLE ${name} (id int, v text)`, []);
    await client.query(`INSERT INTO ${name} (id) VALUES ${keys}`, []);
    await client.query(`UPDATE ${name} SET v = $1`, [before.seal('x')]);
    const source = sqlSource({ client, table: name, key: 'id', column: 'v' });
    for (const batchSize of [1, 2, 3, 100]) {
      const run = rotation.run({ source, dryRun: false, batchSize });
      await expect(run).rejects.toMatchObject({
        code: 'ENC_SOURCE_UNFIT',
        message: expect.stringContaining(problem) as string,
      });
    }
  });
});

describe('sqlSource', () => {
  const options = {
    client: { query: () => Promise.reject(new Error('asked')) },
    table: 't',
    key: 'k',
    column: 'c',
  };

  it.each([
    { table: '' },
    { table: 'a.b.c' },
    { table: '.t' },
    { table: 't\0' },
    { table: 'ä'.repeat(32) },
    { key: '\ud800' },
    { column: undefined },
    { columns: [''] },
    { colunm: 'c' },
  ])('refuses %j before it asks the database', (wrong) => {
    expect(() => sqlSource({ ...options, ...wrong } as never)).toThrow(TypeError);
  });

  it('gives the context every column as text, and no other name a value', async () => {
    await client.query(
      'CREATE TABLE tenants (id uuid PRIMARY KEY, "__proto__" int, tenant int, v text)',
      [],
    );
    const id = '0c7f2a52-0000-4000-8000-000000000001';
    await client.query('INSERT INTO tenants VALUES ($1, 7, NULL, $2)', [id, before.seal('x')]);
    const seen: unknown[] = [];
    const source = sqlSource({
      client,
      table: 'tenants',
      key: 'id',
      column: 'v',
      columns: ['__proto__', 'tenant'],
      context: (row) => {
        seen.push(Object.entries(row));
        return 'c';
      },
    });
    await rotation.run({ source });
    expect(seen).toEqual([
      [
        ['__proto__', '7'],
        ['tenant', null],
        ['id', id],
      ],
    ]);
  });
});

describe('two runs at the same time', () => {
  it('do each row once', async () => {
    if (!database.url) notRun('two rotations at the same time');
    const table = await filled(1000);
    const reports = await Promise.all(
      [1, 2].map(() => rotation.run({ source: sourceOf(table), dryRun: false, batchSize: 50 })),
    );
    const sum = (of: 'rotated' | 'failedCount'): number =>
      reports.reduce((total, report) => total + report[of], 0);
    expect([sum('rotated'), sum('failedCount')]).toEqual([1000, 0]);
    expect(await table.opened(encryption)).toEqual(EncryptedTable.intact(1000));
  });
});
