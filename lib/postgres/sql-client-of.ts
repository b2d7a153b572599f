import { pgliteClient, type PgliteDatabase } from './pglite.sql-client.js';
import { pgPoolClient, type PgPool } from './pg-pool.sql-client.js';
import type { SqlClient } from './sql-client.js';

/**
 * Makes a {@link SqlClient} of a `Pool` of `pg` (node-postgres 8) or of a PGlite. Neither package is imported;
 * opening and closing stay yours. Give a pool a listener for `error`: without one, an idle connection that
 * breaks ends the process.
 *
 * @throws TypeError for anything else, such as a single `Client`, on which transactions would mix
 * @example
 * const pool = new Pool({ connectionString: process.env.AUDIT_DATABASE_URL });
 * pool.on('error', () => {});
 * const client = sqlClientOf(pool);
 */
export function sqlClientOf(database: PgPool | PgliteDatabase): SqlClient {
  if (isObject(database) && typeof database.query === 'function') {
    if ('transaction' in database) return pgliteClient(database);
    if ('connect' in database && 'idleCount' in database) return pgPoolClient(database);
  }
  throw new TypeError('the database must be a Pool of pg or a PGlite');
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
