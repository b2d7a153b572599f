import { Command } from 'commander';
import { addDirectoryOption, directoryOf, type DirectoryFlags } from './audit-directory.js';
import { addFilterOptions, filterOf, type FilterFlags } from './audit-filter-options.js';
import { wholeNumberBetween } from './argument.js';
import { print, type Terminal } from './terminal.js';

interface QueryFlags extends FilterFlags, DirectoryFlags {
  readonly limit: number;
  readonly json?: boolean;
}

/** `nestjs-security audit query` */
export function auditQueryCommand(terminal: Terminal): Command {
  const command = new Command('query').description(
    'Prints the newest records that meet all options, oldest first. Verifies nothing.',
  );
  return addFilterOptions(addDirectoryOption(command))
    .option('--limit <n>', 'how many at the most', wholeNumberBetween(1, 1000), 100)
    .option('--json', 'print each record as a line of JSON')
    .action(async (flags: QueryFlags) => {
      const [{ queryLog }, { recordLine }, { pseudonymsFor }, { assertStream }] = await Promise.all(
        [
          import('../audit/log/read/query-log.js'),
          import('./audit-record-lines.js'),
          import('./audit-pseudonyms.js'),
          import('./assert-stream.js'),
        ],
      );
      const filter = { ...filterOf(flags), limit: flags.limit };
      const pseudonymsOf = await pseudonymsFor(flags, terminal);
      const directory = directoryOf(flags, terminal);
      await assertStream(directory, flags.stream);
      const records = await queryLog(directory, filter, pseudonymsOf);
      for (const record of records) {
        print(terminal, recordLine(record, flags.json ? 'json' : 'text'));
      }
    });
}
