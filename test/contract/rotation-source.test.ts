import { randomBytes, randomUUID } from 'node:crypto';
import { sqlSource, type SqlClient } from 'nestjs-security';
import { rotationSourceContract } from 'nestjs-security/testing';
import { PGlite } from '@electric-sql/pglite';
import { MemoryRows } from '../support/memory-rows.js';
import { openTestDatabase, type TestDatabase } from '../support/postgres.js';

describe('iterableSource', () => {
  rotationSourceContract({ describe, it }, async (values) => {
    const memory = new MemoryRows(values);
    return {
      source: memory.source(),
      write: async (cursor, value) => void memory.rows.set(cursor, { value }),
      remove: async (cursor) => void memory.rows.delete(cursor),
    };
  });
});

/** Keys that a wrong order, such as that of their text, would show. */
const KEYS: Readonly<Record<string, (index: number) => string>> = {
  bigint: (index) => String(9_223_372_036_854_775_807n - 3n ** BigInt(index % 39) - BigInt(index)),
  'numeric(30,3)': (index) => `${index * 7 - 50}.125`,
  uuid: () => randomUUID(),
  text: () =>
    ['Z', 'a', 'ä', 'Ä', 'z', '%', "'", '\\', '"'][randomBytes(1).readUInt8() % 9] + randomUUID(),
  'text COLLATE "und-x-icu"': (index) => ['b', 'A', 'ä', 'Z', 'é', '_'][index % 6] + randomUUID(),
  timestamptz: (index) => new Date(1_800_000_000_000 - index * 86_400_001).toISOString(),
};

let server: TestDatabase;
beforeAll(async () => {
  server = await openTestDatabase('the contract of sqlSource');
});
afterAll(() => server.close());

describe.each(Object.keys(KEYS))('sqlSource over keys of the type %s', (type) => {
  rotationSourceContract({ describe, it }, (values) => table(server.client, type, values));
});

describe('sqlSource on PGlite', () => {
  let embedded: PGlite;
  beforeAll(async () => {
    embedded = await PGlite.create();
  });
  afterAll(() => embedded.close());

  rotationSourceContract({ describe, it }, (values) => table(embedded, 'bigint', values));
});

/** A table with names that only strict quoting gets right; its values stand in the order of the keys. */
async function table(client: SqlClient, type: string, values: readonly (string | null)[]) {
  const name = `Weird "${randomBytes(4).toString('hex')}"; --`;
  const quoted = `"${name.replaceAll('"', '""')}"`;
  await client.query(`CREATE TABLE ${quoted} ("value" ${type} PRIMARY KEY, "Geheim" text)`, []);
  const keys = values.map((_, index) => KEYS[type]?.(index));
  const insert = `INSERT INTO ${quoted} SELECT unnest($1::text[])::${type}`;
  if (keys.length > 0) await client.query(insert, [keys]);
  const { rows } = await client.query(
    `SELECT t.value::text AS key FROM ${quoted} AS t ORDER BY t.value`,
    [],
  );
  const write = async (cursor: unknown, value: string | null): Promise<void> => {
    await client.query(`UPDATE ${quoted} SET "Geheim" = $2 WHERE value = $1`, [cursor, value]);
  };
  for (const [index, row] of rows.entries()) await write(row['key'], values[index] ?? null);
  return {
    source: sqlSource({ client, table: name, key: 'value', column: 'Geheim' }),
    write,
    remove: async (cursor: string) => {
      await client.query(`DELETE FROM ${quoted} WHERE value = $1`, [cursor]);
    },
  };
}
