import { PGlite } from '@electric-sql/pglite';
import { randomBytes } from 'node:crypto';
import type { PgliteDatabase, PgPool } from 'nestjs-security/postgres';
import pg from 'pg';
import { notRun } from './not-run.js';

const LOCAL = 'postgres://postgres@127.0.0.1:5432/test';
const CONNECT_TIMEOUT_MS = 3000;

/** A database with a schema of its own, in which unqualified names are found. */
export interface TestDatabase {
  readonly client: PgPool | PgliteDatabase;
  /** The name of the schema. */
  readonly schema: string;
  /** Of the server, with the schema chosen; `undefined` when the database is embedded and nobody else sees it. */
  readonly url: string | undefined;
  /** Removes the schema and lets go of the database. */
  close(): Promise<void>;
}

/**
 * Opens PostgreSQL at TEST_POSTGRES_URL, or on this machine, or else an embedded one. With
 * REQUIRE_SERVICES=1 only a server will do.
 */
export async function openTestDatabase(what: string): Promise<TestDatabase> {
  const schema = `t_${randomBytes(6).toString('hex')}`;
  const server = await openServer(process.env['TEST_POSTGRES_URL'] ?? LOCAL, schema);
  if (server) return server;
  if (process.env['REQUIRE_SERVICES'] === '1') {
    throw new Error('no PostgreSQL: set TEST_POSTGRES_URL, or start one on 127.0.0.1:5432');
  }
  notRun(`${what} on a PostgreSQL server`);
  return openEmbedded(schema);
}

async function openServer(address: string, schema: string): Promise<TestDatabase | undefined> {
  const url = new URL(address);
  url.searchParams.set('options', `-c search_path=${schema}`);
  const pool = new pg.Pool({
    connectionString: url.href,
    max: 12,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  try {
    await pool.query(`CREATE SCHEMA ${schema}`);
  } catch (error) {
    await pool.end();
    if (process.env['TEST_POSTGRES_URL'] !== undefined) throw error;
    return undefined;
  }
  const close = async (): Promise<void> => {
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
  };
  return { client: pool, schema, url: url.href, close };
}

async function openEmbedded(schema: string): Promise<TestDatabase> {
  const client = await PGlite.create();
  await client.exec(`CREATE SCHEMA ${schema}; SET search_path TO ${schema}`);
  return { client, schema, url: undefined, close: () => client.close() };
}
