import { PGlite } from '@electric-sql/pglite';
import { Logger } from '@nestjs/common';
import type { ShippedRecord } from 'nestjs-security';
import { PostgresAuditSink, sqlClientOf, type SqlClient } from 'nestjs-security/postgres';
import { auditSinkContract } from 'nestjs-security/testing';
import { openTestDatabase, type TestDatabase } from '../support/postgres.js';

let server: TestDatabase;
let made = 0;

beforeAll(async () => {
  Logger.overrideLogger(false);
  server = await openTestDatabase('the contract of PostgresAuditSink');
});
afterAll(async () => {
  await server.close();
  Logger.overrideLogger(true);
});

describe('PostgresAuditSink on a server is', () => {
  auditSinkContract({ describe, it }, () => emptySink(sqlClientOf(server.client), server.schema));
});

describe('PostgresAuditSink on PGlite is', () => {
  let embedded: PGlite;
  beforeAll(async () => {
    embedded = await PGlite.create();
  });
  afterAll(() => embedded.close());

  auditSinkContract({ describe, it }, () => emptySink(sqlClientOf(embedded), 'public'));
});

async function emptySink(client: SqlClient, schema: string) {
  const table = `records_${(made += 1)}`;
  const sink = new PostgresAuditSink({ client, schema, table });
  await sink.migrate();
  const held = async (stream: string): Promise<ShippedRecord[]> => {
    const { rows } = await client.query(
      `SELECT seq, leaf_hash, line FROM "${schema}"."${table}" WHERE stream = $1 ORDER BY seq`,
      [stream],
    );
    return rows.map((row) => ({
      id: `${stream}:${Number(row['seq'])}`,
      stream,
      seq: Number(row['seq']),
      leafHash: String(row['leaf_hash']),
      line: String(row['line']),
    }));
  };
  return { sink, held };
}
