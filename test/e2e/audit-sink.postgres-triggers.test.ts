import { Logger } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import type { ShippedRecord } from 'nestjs-security';
import { PostgresAuditSink, sqlClientOf, type SqlClient } from 'nestjs-security/postgres';
import { shippedRecords } from '../support/audit-records.js';
import { endOfAsync } from '../support/error-code.js';
import { openTestDatabase, type TestDatabase } from '../support/postgres.js';

const STREAM = '0-triggers';
const OUT_OF_PLACE = 'AU001';
const MALFORMED = 'AU002';
const CHANGE = 'AU003';

const signal = new AbortController().signal;
const role = `writer_${randomBytes(6).toString('hex')}`;
let database: TestDatabase;
let client: SqlClient;
let made = 0;
let table: string;
let sink: PostgresAuditSink;

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await openTestDatabase('the triggers of PostgresAuditSink');
  client = sqlClientOf(database.client);
  await client.query(`CREATE ROLE ${role}`, []);
  await client.query(`GRANT USAGE ON SCHEMA ${database.schema} TO ${role}`, []);
});
afterAll(async () => {
  await client.query(`DROP OWNED BY ${role}`, []);
  await client.query(`DROP ROLE ${role}`, []);
  await database.close();
  Logger.overrideLogger(true);
});
beforeEach(async () => {
  table = `records_${(made += 1)}`;
  sink = new PostgresAuditSink({ client, schema: database.schema, table });
  await sink.migrate();
  await client.query(`GRANT SELECT, INSERT ON ${table}, ${table}_checkpoints TO ${role}`, []);
});

/** Runs a statement as a role that may only insert and select. */
async function asWriter(text: string, parameters: unknown[] = []): Promise<void> {
  await client.transaction(async (transaction) => {
    await transaction.query(`SET LOCAL ROLE ${role}`, []);
    await transaction.query(text, parameters);
  });
}

function insert({ stream, seq, leafHash, line }: ShippedRecord): Promise<void> {
  const text = `INSERT INTO ${table} (stream, seq, leaf_hash, line) VALUES ($1, $2, $3, $4)`;
  return asWriter(text, [stream, seq, leafHash, line]);
}

const leafOf = (line: string): string => createHash('sha256').update(`\0${line}`).digest('hex');

function withLine(record: ShippedRecord, line: string): ShippedRecord {
  return { ...record, line, leafHash: leafOf(line) };
}

function recordAt(records: readonly ShippedRecord[], index: number): ShippedRecord {
  const record = records.at(index);
  if (!record) throw new Error(`no record ${index}`);
  return record;
}

async function count(): Promise<number> {
  const { rows } = await client.query(`SELECT count(*)::int AS count FROM ${table}`, []);
  return Number(rows[0]?.['count']);
}

describe('whoever may insert into the table of records', () => {
  it('can append the next record', async () => {
    const records = shippedRecords(STREAM, 4);
    await sink.write(records.slice(0, 3), signal);
    await insert(recordAt(records, 3));
    expect(await sink.latest(STREAM)).toMatchObject({ seq: 3 });
  });

  it('cannot leave one out', async () => {
    const records = shippedRecords(STREAM, 5);
    await sink.write(records.slice(0, 3), signal);
    expect(await endOfAsync(() => insert(recordAt(records, 4)))).toBe(OUT_OF_PLACE);
  });

  it('cannot insert one a second time, or another one in its place', async () => {
    const records = shippedRecords(STREAM, 3);
    await sink.write(records, signal);
    for (const record of [...records, ...shippedRecords(STREAM, 3, { text: 'forged' })])
      expect(await endOfAsync(() => insert(record))).toBe(OUT_OF_PLACE);
    expect(await count()).toBe(3);
  });

  it('cannot insert one that continues another record', async () => {
    await sink.write(shippedRecords(STREAM, 3), signal);
    const [forged] = shippedRecords(STREAM, 4, { text: 'forged' }).slice(3);
    expect(await endOfAsync(() => insert(forged as ShippedRecord))).toBe(OUT_OF_PLACE);
  });

  it('cannot put several in a wrong order into one statement', async () => {
    const [first, second] = shippedRecords(STREAM, 2) as [ShippedRecord, ShippedRecord];
    const rows = [second, first].flatMap(({ seq, leafHash, line }) => [seq, leafHash, line]);
    const text = `INSERT INTO ${table} (stream, seq, leaf_hash, line) VALUES ('${STREAM}', $1, $2, $3), ('${STREAM}', $4, $5, $6)`;
    expect(await endOfAsync(() => asWriter(text, rows))).toBe(OUT_OF_PLACE);
    expect(await count()).toBe(0);
  });

  it.each([
    ['a leaf hash of another line', (one: ShippedRecord) => ({ ...one, leafHash: leafOf('x') })],
    ['a changed line', (one: ShippedRecord) => ({ ...one, line: `${one.line} ` })],
    ['the line of another stream', (one: ShippedRecord) => ({ ...one, stream: '1-triggers' })],
    ['the line of another place', (one: ShippedRecord) => ({ ...one, seq: 7 })],
    ['text that is no record', (one: ShippedRecord) => withLine(one, '{"event":"x"}')],
    [
      'a record of an unknown version',
      (one: ShippedRecord) => withLine(one, one.line.replace('1', '2')),
    ],
    ['a line feed', (one: ShippedRecord) => withLine(one, `${one.line}\n`)],
    ['a carriage return', (one: ShippedRecord) => withLine(one, `${one.line}\r`)],
    [
      'a line over 65,535 bytes',
      (one: ShippedRecord) => withLine(one, one.line + ' '.repeat(65_536)),
    ],
  ])('cannot insert %s', async (_, forge) => {
    expect(await endOfAsync(() => insert(forge(recordAt(shippedRecords(STREAM, 1), 0))))).toBe(
      MALFORMED,
    );
  });

  it('cannot make the columns say something else than the line', async () => {
    const { seq, leafHash, line } = recordAt(shippedRecords(STREAM, 1), 0);
    await asWriter(
      `INSERT INTO ${table} (stream, seq, leaf_hash, line, prev, time, event, level, outcome) VALUES ($1, $2, $3, $4, '', now(), 'harmless', 'info', 'success')`,
      [STREAM, seq, leafHash, line],
    );
    const { rows } = await client.query(
      `SELECT prev, extract(epoch FROM time)::bigint::text AS time, event, level, outcome FROM ${table}`,
      [],
    );
    expect(rows).toEqual([
      {
        prev: '0'.repeat(64),
        time: '1800000000',
        event: 'authn_login_fail',
        level: 'warn',
        outcome: 'failure',
      },
    ]);
  });

  it('cannot get past the checks by objects or settings of its own', async () => {
    const [record] = shippedRecords(STREAM, 3).slice(2) as [ShippedRecord];
    await sink.write(shippedRecords(STREAM, 1), signal);
    const end = client.transaction(async (transaction) => {
      await transaction.query(`SET LOCAL ROLE ${role}`, []);
      await transaction.query(
        `CREATE TEMP TABLE ${table} (stream text, seq bigint, leaf_hash text)`,
        [],
      );
      await transaction.query('SET LOCAL standard_conforming_strings = off', []);
      await transaction.query(`SET LOCAL search_path = pg_temp, ${database.schema}`, []);
      await transaction.query(
        `INSERT INTO ${database.schema}.${table} (stream, seq, leaf_hash, line) VALUES ($1, $2, $3, $4)`,
        [STREAM, record.seq, record.leafHash, record.line],
      );
    });
    await expect(end).rejects.toMatchObject({ code: OUT_OF_PLACE });
  });

  it('cannot change or remove anything', async () => {
    await sink.write(shippedRecords(STREAM, 1), signal);
    for (const text of [
      `UPDATE ${table} SET line = ''`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table}`,
      `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
      `DROP TABLE ${table}`,
      'SET session_replication_role = replica',
    ])
      expect(await endOfAsync(() => asWriter(text))).toBe('42501');
  });
});

describe('the tables refuse even their owner', () => {
  it.each([
    ['an update', (name: string) => `UPDATE ${name} SET stream = stream`],
    ['a delete', (name: string) => `DELETE FROM ${name}`],
    ['a delete that would find nothing', (name: string) => `DELETE FROM ${name} WHERE false`],
    ['a truncate', (name: string) => `TRUNCATE ${name}`],
  ])('%s', async (_, statement) => {
    await sink.write(shippedRecords(STREAM, 1), signal);
    for (const name of [table, `${table}_checkpoints`])
      expect(await endOfAsync(() => client.query(statement(name), []))).toBe(CHANGE);
    expect(await count()).toBe(1);
  });

  it('an upsert', async () => {
    const { seq, leafHash, line } = recordAt(shippedRecords(STREAM, 1), 0);
    const text = `INSERT INTO ${table} (stream, seq, leaf_hash, line) VALUES ($1, $2, $3, $4) ON CONFLICT (stream, seq) DO UPDATE SET line = ''`;
    const end = endOfAsync(() => client.query(text, [STREAM, seq, leafHash, line]));
    expect(await end).toBe(CHANGE);
  });

  it('a session in the role of a replica', async () => {
    await sink.write(shippedRecords(STREAM, 1), signal);
    const end = client.transaction(async (transaction) => {
      await transaction.query('SET LOCAL session_replication_role = replica', []);
      await transaction.query(`DELETE FROM ${table}`, []);
    });
    await expect(end).rejects.toMatchObject({ code: CHANGE });
  });
});

describe('migrate', () => {
  it('can be called again, by several at once, and puts back a trigger that was taken away', async () => {
    await sink.write(shippedRecords(STREAM, 2), signal);
    await client.query(`DROP TRIGGER audit_refuse ON ${table}`, []);
    await client.query(`ALTER TABLE ${table} DISABLE TRIGGER audit_append`, []);
    await Promise.all(Array.from({ length: 4 }, () => sink.migrate()));
    expect(await endOfAsync(() => client.query(`DELETE FROM ${table}`, []))).toBe(CHANGE);
    const [forged] = shippedRecords(STREAM, 1, { text: 'forged' }) as [ShippedRecord];
    expect(await endOfAsync(() => insert(forged))).toBe(OUT_OF_PLACE);
    expect(await count()).toBe(2);
  });

  it('takes names in their case', async () => {
    const own = new PostgresAuditSink({ client, schema: database.schema, table: 'Audit_Records' });
    await own.migrate();
    await own.write(shippedRecords(STREAM, 2), signal);
    expect(await own.latest(STREAM)).toMatchObject({ seq: 1 });
  });
});
