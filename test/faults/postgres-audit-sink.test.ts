import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import type { ShippedRecord } from 'nestjs-security';
import {
  PostgresAuditSink,
  sqlClientOf,
  type PostgresAuditSinkOptions,
  type SqlClient,
} from 'nestjs-security/postgres';
import { logCheckpointText } from '../../lib/audit/log/note/log-checkpoint.js';
import { noteSigner } from '../../lib/audit/log/note/note-signer.js';
import { signNote } from '../../lib/audit/log/note/signed-note.js';
import { EMPTY_END, shippedRecords } from '../support/audit-records.js';
import { endOfAsync } from '../support/error-code.js';
import { notRun } from '../support/not-run.js';
import { openTestDatabase } from '../support/postgres.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

const STREAM = '0-faults00';
const signal = new AbortController().signal;
const cleanUps: (() => unknown)[] = [];
const database = await openTestDatabase('faults of PostgresAuditSink');
const client = sqlClientOf(database.client);
let made = 0;

afterAll(() => database.close());
beforeEach(() => Logger.overrideLogger(false));
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  Logger.overrideLogger(true);
});

async function emptyTable(): Promise<Required<Pick<PostgresAuditSinkOptions, 'schema' | 'table'>>> {
  const place = { schema: database.schema, table: `records_${(made += 1)}` };
  await new PostgresAuditSink({ client, ...place }).migrate();
  return place;
}

function poolOf(url: string, options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 2, ...options });
  pool.on('error', () => undefined);
  cleanUps.push(() => pool.end());
  return pool;
}

/** A client that does something before the first statement that begins with a text. */
function before(start: string, act: () => Promise<unknown>): SqlClient {
  let isDone = false;
  return {
    query: (text, parameters) => client.query(text, parameters),
    transaction: (run, options) =>
      client.transaction(
        (transaction) =>
          run({
            query: async (text, parameters) => {
              if (!isDone && text.startsWith(start)) {
                isDone = true;
                await act();
              }
              return transaction.query(text, parameters);
            },
          }),
        options,
      ),
  };
}

/** A client whose every call fails. */
function failing(error: unknown): SqlClient {
  const fail = async (): Promise<never> => {
    throw error;
  };
  return { query: fail, transaction: fail };
}

async function linesIn(table: string, stream = STREAM): Promise<unknown[]> {
  const { rows } = await client.query(
    `SELECT line FROM ${database.schema}.${table} WHERE stream = $1 ORDER BY seq`,
    [stream],
  );
  return rows.map(({ line }) => line);
}

const linesOf = (records: readonly ShippedRecord[]): string[] => records.map(({ line }) => line);

describe('PostgresAuditSink', () => {
  it('takes the streams of many processes at once', async () => {
    const place = await emptyTable();
    const streams = Array.from({ length: 8 }, (_, index) => `${index}-parallel`);
    await Promise.all(
      streams.map(async (stream) => {
        const sink = new PostgresAuditSink({ client, ...place });
        const records = shippedRecords(stream, 60);
        for (let at = 0; at < records.length; at += 7)
          await sink.write(records.slice(at, at + 7), signal);
      }),
    );
    for (const stream of streams)
      expect(await linesIn(place.table, stream)).toEqual(linesOf(shippedRecords(stream, 60)));
  });

  it('takes 500 records in one statement, in their order', async () => {
    const place = await emptyTable();
    const records = shippedRecords(STREAM, 500, { text: '\\"{},NULL\u0000é' });
    await new PostgresAuditSink({ client, ...place }).write(records, signal);
    expect(await linesIn(place.table)).toEqual(linesOf(records));
  });

  it('keeps the beginning of a batch only together with its end', async () => {
    const place = await emptyTable();
    const [first, second, third] = shippedRecords(STREAM, 3);
    const broken = [first, second, { ...third, line: `${third?.line} ` }] as ShippedRecord[];
    const sink = new PostgresAuditSink({ client, ...place });
    await expect(sink.write(broken, signal)).rejects.toMatchObject({
      code: 'AUDIT_SINK_FAILED',
      message: expect.stringContaining('AU002') as string,
    });
    expect(await linesIn(place.table)).toEqual([]);
  });

  it('takes a stream whose first records were pruned, and no gap later', async () => {
    const place = await emptyTable();
    const sink = new PostgresAuditSink({ client, ...place });
    const records = shippedRecords(STREAM, 9, { from: { ...EMPTY_END, nextSeq: 1000 } });
    await sink.write(records.slice(0, 3), signal);
    await expect(sink.write(records.slice(5), signal)).rejects.toMatchObject({
      code: 'AUDIT_SINK_FAILED',
      message: expect.stringContaining('AU001') as string,
    });
    expect(await sink.latest(STREAM)).toMatchObject({ seq: 1002 });
  });

  it('refuses a record that continues another one than the table has', async () => {
    const place = await emptyTable();
    const sink = new PostgresAuditSink({ client, ...place });
    await sink.write(shippedRecords(STREAM, 3), signal);
    const forged = shippedRecords(STREAM, 5, { text: 'forged' }).slice(3);
    await expect(sink.write(forged, signal)).rejects.toMatchObject({
      code: 'AUDIT_FORK',
      reason: 'sink-mismatch',
      seq: 2,
    });
  });

  it('does not write after an abort', async () => {
    const place = await emptyTable();
    const sink = new PostgresAuditSink({ client, ...place });
    const end = endOfAsync(() => sink.write(shippedRecords(STREAM, 3), AbortSignal.abort()));
    expect(await end).toBe('AUDIT_SINK_FAILED');
    const controller = new AbortController();
    const between = new PostgresAuditSink({
      client: before('INSERT', async () => controller.abort()),
      ...place,
    });
    const second = endOfAsync(() => between.write(shippedRecords(STREAM, 3), controller.signal));
    expect(await second).toBe('AUDIT_SINK_FAILED');
    expect(await linesIn(place.table)).toEqual([]);
    await sink.write(shippedRecords(STREAM, 3), signal);
  });

  it('keeps each checkpoint once, several of one size, and nothing that is none', async () => {
    const place = await emptyTable();
    const sink = new PostgresAuditSink({ client, ...place });
    const notes = ['2027-01-01T00:00:00.000Z', '2027-01-01T00:01:00.000Z'].map(noteAt);
    for (const note of [...notes, ...notes]) await sink.checkpoint(STREAM, note);
    await expect(sink.checkpoint('1-faults00', noteAt('2027-01-01T00:00:00.000Z'))).rejects.toThrow(
      TypeError,
    );
    const { rows } = await client.query(
      `SELECT size::text AS size, note FROM ${place.schema}.${place.table}_checkpoints ORDER BY note`,
      [],
    );
    expect(rows).toEqual(notes.toSorted().map((note) => ({ size: '7', note })));
  });

  it.each([
    ['42P01', 'migrate()'],
    ['42501', 'grant SELECT and INSERT'],
    ['ECONNREFUSED', 'can be reached'],
  ])('tells no more of an error than its code: %s', async (code, mend) => {
    const address = 'postgres://auditor:hunter2hunter2@db.example/audit';
    const error = Object.assign(new Error(address), { code, detail: address, where: address });
    const sink = new PostgresAuditSink({ client: failing(error) });
    for (const call of [
      () => sink.write(shippedRecords(STREAM, 1), signal),
      () => sink.latest(STREAM),
      () => sink.migrate(),
    ]) {
      const caught: unknown = await call().catch((reason: unknown) => reason);
      expect(caught).toMatchObject({ code: 'AUDIT_SINK_FAILED' });
      const shown = inspect(caught, { depth: 9, showHidden: true });
      expect(shown).toContain(code);
      expect(shown).toContain(mend);
      expect(shown).not.toContain('hunter2');
    }
  });

  it('takes no foreign code that could be a text', async () => {
    const error = Object.assign(new Error('x'), { code: 'postgres://auditor:hunter2@db' });
    const sink = new PostgresAuditSink({ client: failing(error) });
    await expect(sink.latest(STREAM)).rejects.toThrow(/\(unknown: /);
  });

  it.each([
    { client: {} },
    { client: undefined },
    { name: 'A name' },
    { schema: '' },
    { schema: 'a"b' },
    { schema: 'a.b' },
    { table: 'a;b' },
    { table: '1a' },
    { table: 'ä' },
    { table: 'a'.repeat(49) },
    { tabel: 'a' },
  ])('refuses the options %j', (wrong) => {
    expect(() => new PostgresAuditSink({ client, ...wrong } as never)).toThrow(TypeError);
  });

  it('warns once when its role may change what it writes', async () => {
    const warnings: string[] = [];
    Logger.overrideLogger({
      log() {},
      error() {},
      warn: (line: unknown) => void warnings.push(String(line)),
    });
    const place = await emptyTable();
    const sink = new PostgresAuditSink({ client, ...place });
    await sink.write(shippedRecords(STREAM, 1), signal);
    await sink.write(shippedRecords(STREAM, 2), signal);
    expect(warnings).toEqual([expect.stringContaining('append-only is not enforced')]);
  });
});

function noteAt(time: string): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const checkpoint = { stream: STREAM, size: 7, root: randomBytes(32), epoch: 0, time };
  return signNote(logCheckpointText(checkpoint), [noteSigner('test', privateKey)]);
}

describe('sqlClientOf', () => {
  it.each([undefined, null, {}, { query: () => undefined }, new pg.Client()])(
    'refuses what is neither a pool nor a PGlite: %#',
    (wrong) => {
      expect(() => sqlClientOf(wrong as never)).toThrow(TypeError);
    },
  );
});

const url = database.url ?? '';
if (!url) notRun('connections of PostgresAuditSink that break');
const describeServer = url ? describe : undefined;

describeServer?.('PostgresAuditSink on a server', () => {
  it('lets two writers of one stream lose nothing and keep each record once', async () => {
    const place = await emptyTable();
    const records = shippedRecords(STREAM, 300);
    const write = async (size: number): Promise<void> => {
      const sink = new PostgresAuditSink({ client, ...place });
      for (let at = 0; at < records.length; at += size) {
        const batch = records.slice(at, at + size);
        // A shipper sends what was rejected again; a fork would be an end.
        while ((await endOfAsync(() => sink.write(batch, signal))) === 'AUDIT_SINK_FAILED');
        await sink.write(batch, signal);
      }
    };
    await Promise.all([write(10), write(10), write(15)]);
    expect(await linesIn(place.table)).toEqual(linesOf(records));
  });

  it('takes what another writer committed between its reading and its writing', async () => {
    const place = await emptyTable();
    const records = shippedRecords(STREAM, 6);
    const faster = new PostgresAuditSink({ client, ...place });
    const slower = new PostgresAuditSink({
      client: before('INSERT', () => faster.write(records.slice(0, 4), signal)),
      ...place,
    });
    await slower.write(records, signal);
    expect(await linesIn(place.table)).toEqual(linesOf(records));
  });

  it('sees a fork that came between its reading and its writing', async () => {
    const place = await emptyTable();
    const faster = new PostgresAuditSink({ client, ...place });
    const forged = shippedRecords(STREAM, 2, { text: 'forged' });
    const slower = new PostgresAuditSink({
      client: before('INSERT', () => faster.write(forged, signal)),
      ...place,
    });
    const end = endOfAsync(() => slower.write(shippedRecords(STREAM, 3), signal));
    expect(await end).toBe('AUDIT_FORK');
  });

  it('writes on after the server dropped its connections', async () => {
    const place = await emptyTable();
    const name = `dropped-${place.table}`;
    const pool = poolOf(url, { application_name: name });
    const sink = new PostgresAuditSink({ client: sqlClientOf(pool), ...place });
    const records = shippedRecords(STREAM, 6);
    await sink.write(records.slice(0, 2), signal);
    await terminate(name);
    // The pool may hand out a connection of which it does not know yet that it is broken.
    await endOfAsync(() => sink.write(records.slice(0, 4), signal));
    await sink.write(records, signal);
    expect(await linesIn(place.table)).toEqual(linesOf(records));
  });

  it('rejects when the server drops the connection inside a transaction', async () => {
    const place = await emptyTable();
    const name = `inside-${place.table}`;
    const own = sqlClientOf(poolOf(url, { application_name: name }));
    const dropped = own.transaction(async (transaction) => {
      await terminate(name);
      await transaction.query('SELECT 1', []);
    });
    await expect(dropped).rejects.toThrow(/terminat|connection/i);
    expect((await own.query('SELECT 1 AS one', [])).rows).toEqual([{ one: 1 }]);
  });

  it('keeps a batch once whose COMMIT got no answer', async () => {
    const place = await emptyTable();
    const { hostname, port } = new URL(url);
    const proxy = await startTcpProxy(Number(port || 5432), hostname);
    cleanUps.push(() => proxy.close());
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(proxy.port);
    const pool = poolOf(through.href);
    const sink = new PostgresAuditSink({ client: sqlClientOf(pool), ...place });
    const records = shippedRecords(STREAM, 5);
    proxy.cutAnswerTo('COMMIT');
    expect(await endOfAsync(() => sink.write(records, signal))).toBe('AUDIT_SINK_FAILED');
    await sink.write(records, signal);
    expect(await linesIn(place.table)).toEqual(linesOf(records));
  });

  it('gives up a statement that waits when it is aborted', async () => {
    const place = await emptyTable();
    const controller = new AbortController();
    const sink = new PostgresAuditSink({ client: sqlClientOf(poolOf(url)), ...place });
    const records = shippedRecords(STREAM, 2);
    await client.transaction(async (transaction) => {
      await transaction.query(`LOCK TABLE ${place.schema}.${place.table}`, []);
      const end = endOfAsync(() => sink.write(records, controller.signal));
      setTimeout(() => controller.abort(), 50);
      expect(await end).toBe('AUDIT_SINK_FAILED');
    });
    await sink.write(records, signal);
    expect(await linesIn(place.table)).toEqual(linesOf(records));
  });

  it.each<[string, (sink: PostgresAuditSink) => Promise<unknown>]>([
    ['its last record', (sink) => sink.latest(STREAM)],
    ['a checkpoint', (sink) => sink.checkpoint(STREAM, noteAt('2026-11-27T00:00:00.000Z'))],
  ])('gives up an answer about %s that does not come in 30 seconds', async (_, ask) => {
    const place = await emptyTable();
    const controller = new AbortController();
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(controller.signal);
    cleanUps.push(() => timeout.mockRestore());
    const sink = new PostgresAuditSink({ client: sqlClientOf(poolOf(url)), ...place });
    await client.transaction(async (transaction) => {
      const { schema, table } = place;
      await transaction.query(`LOCK TABLE ${schema}.${table}, ${schema}.${table}_checkpoints`, []);
      const end = endOfAsync(() => ask(sink));
      setTimeout(() => controller.abort(), 50);
      expect(await end).toBe('AUDIT_SINK_FAILED');
      expect(timeout).toHaveBeenCalledWith(30_000);
    });
    timeout.mockRestore();
    expect(await endOfAsync(() => ask(sink))).toBe('done');
  });

  it('gives up waiting for a connection, and gives it back when it comes', async () => {
    const place = await emptyTable();
    const pool = poolOf(url, { max: 1 });
    const busy = await pool.connect();
    const controller = new AbortController();
    const sink = new PostgresAuditSink({ client: sqlClientOf(pool), ...place });
    const end = endOfAsync(() => sink.write(shippedRecords(STREAM, 2), controller.signal));
    controller.abort();
    expect(await end).toBe('AUDIT_SINK_FAILED');
    busy.release();
    await sink.write(shippedRecords(STREAM, 2), signal);
    expect(await sink.latest(STREAM)).toMatchObject({ seq: 1 });
  });

  it('does not warn when its role may insert and select only', async () => {
    const warnings: unknown[] = [];
    Logger.overrideLogger({ log() {}, error() {}, warn: (line: unknown) => warnings.push(line) });
    const place = await emptyTable();
    const role = `writer_${randomBytes(6).toString('hex')}`;
    const tables = `${place.schema}.${place.table}, ${place.schema}.${place.table}_checkpoints`;
    await client.query(`CREATE ROLE ${role}`, []);
    cleanUps.push(async () => {
      await client.query(`DROP OWNED BY ${role}`, []);
      await client.query(`DROP ROLE ${role}`, []);
    });
    await client.query(`GRANT USAGE ON SCHEMA ${place.schema} TO ${role}`, []);
    await client.query(`GRANT SELECT, INSERT ON ${tables} TO ${role}`, []);
    const asWriter = new URL(url);
    asWriter.searchParams.set('options', `-c role=${role}`);
    const own = poolOf(asWriter.href, { max: 1 });
    const sink = new PostgresAuditSink({ client: sqlClientOf(own), ...place });
    await sink.write(shippedRecords(STREAM, 1), signal);
    expect(await endOfAsync(() => sink.migrate())).toBe('AUDIT_SINK_FAILED');
    expect(warnings).toEqual([]);
  });
});

/** Ends the connections of an application, and waits until they are gone. */
async function terminate(name: string): Promise<void> {
  await client.query(
    'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1',
    [name],
  );
}
