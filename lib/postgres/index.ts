export { PostgresAuditSink, type PostgresAuditSinkOptions } from './postgres.audit-sink.js';
export { sqlClientOf } from './sql-client-of.js';
export type { PgPool, PgPoolConnection } from './pg-pool.sql-client.js';
export type { PgliteDatabase } from './pglite.sql-client.js';
export type { SqlClient, SqlRunner, SqlTransactionOptions } from './sql-client.js';
