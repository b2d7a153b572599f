import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SqlClient } from '../encryption/rotation/sql-source.options.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage.error.js';

/** The pool of `pg`, as far as it is needed. */
export interface Pool extends SqlClient {
  on(event: 'error', listener: () => void): unknown;
  end(): Promise<void>;
}

interface PgModule {
  readonly default: { readonly Pool: new (options: object) => Pool };
}

/**
 * Connects with the `pg` of the application in whose folder the command runs.
 *
 * @throws UsageError when the application has none
 */
export async function openPool(
  connectionString: string,
  max: number,
  terminal: Terminal,
): Promise<Pool> {
  const { default: pg } = (await import(pathOfPg(terminal.cwd()))) as PgModule;
  const pool = new pg.Pool({ connectionString, max, application_name: 'nestjs-security' });
  // An idle connection that breaks is no reason to end: the next statement opens another, or says why not.
  pool.on('error', () => undefined);
  return pool;
}

function pathOfPg(folder: string): string {
  try {
    return pathToFileURL(createRequire(join(folder, 'package.json')).resolve('pg')).href;
  } catch {
    throw new UsageError(
      `the package "pg" is not installed in ${folder}: npm install pg, or give --config`,
    );
  }
}
