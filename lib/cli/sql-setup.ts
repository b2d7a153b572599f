import { sqlSource } from '../encryption/rotation/sql-source.js';
import type { SqlRow } from '../encryption/rotation/sql-source.options.js';
import type { CommandConfig } from './config-file.js';
import { openPool } from './postgres-pool.js';
import type { SqlFlags } from './setup-options.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage.error.js';

const COLUMN = /^\{(.+)\}$/;

/**
 * A column of a table as a source.
 *
 * @throws UsageError for what is missing or cannot be a name
 */
export async function sqlSetup(
  { url, table, key = 'id', column, context, ring }: SqlFlags,
  connections: number,
  terminal: Terminal,
): Promise<CommandConfig> {
  if (table === undefined || column === undefined) {
    throw new UsageError('say where the values are: --config <file>, or --table and --column');
  }
  const address = url ?? terminal.env['DATABASE_URL'];
  if (!address) throw new UsageError('set DATABASE_URL to the address of the database');
  if (!isAddress(address)) {
    throw new UsageError(
      'the address of the database cannot be read: postgres://user:password@host:5432/database is needed, with # / ? % in a password as %23 %2F %3F %25',
    );
  }
  const columns = columnsIn(context ?? []).filter((name) => name !== key);
  const client = await openPool(address, connections, terminal);
  const close = (): Promise<void> => client.end();
  try {
    const source = sqlSource({
      client,
      table,
      key,
      column,
      columns,
      ...(context && { context: (row: SqlRow) => context.map((part) => filled(part, row)) }),
      ...(ring !== undefined && { ring }),
    });
    return { source, security: undefined, close };
  } catch (error) {
    await close();
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}

/**
 * Whether `pg` reads a text as its user means it. Of what it cannot read it takes a part for the name of the
 * database, and the server's answer quotes that: a password may stand in it.
 */
function isAddress(text: string): boolean {
  const isUrl = /^postgres(ql)?:\/\//i.test(text) && URL.canParse(text.replace('@/', '@host/'));
  return isUrl || /^(\/|socket:\/)/.test(text);
}

function columnsIn(parts: readonly string[]): string[] {
  return [...new Set(parts.flatMap((part) => COLUMN.exec(part)?.[1] ?? []))];
}

function filled(part: string, row: SqlRow): string {
  const [, column] = COLUMN.exec(part) ?? [];
  return column === undefined ? part : (row[column] ?? '');
}
