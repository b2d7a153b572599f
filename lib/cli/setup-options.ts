import { Option, type Command } from 'commander';

/** The options that name a column of a table in PostgreSQL. */
export interface SqlFlags {
  readonly url?: string;
  readonly table?: string;
  readonly key?: string;
  readonly column?: string;
  readonly context?: readonly string[];
  readonly ring?: string;
}

/** What says where the values are, and under which keys. */
export interface SetupFlags extends SqlFlags {
  readonly config?: string;
}

/** Adds the options that `openSetup` understands. */
export function addSetupOptions(command: Command): Command {
  const sql = ['url', 'table', 'key', 'column', 'context', 'ring'];
  return command
    .addOption(
      new Option(
        '--config <file>',
        'a module that exports { source, security?, close? }',
      ).conflicts(sql),
    )
    .option('--table <name>', 'the table in PostgreSQL: name or schema.name')
    .option('--column <name>', 'the column that holds the tokens')
    .option('--key <name>', 'the column that is the key (default: id)')
    .option(
      '--context <part...>',
      'the context of the values, in parts; {name} stands for a column of the row',
    )
    .option('--ring <name>', 'the ring of the values')
    .addOption(
      new Option(
        '--url <url>',
        'of the database; better in DATABASE_URL, since "ps" shows arguments',
      ),
    );
}
