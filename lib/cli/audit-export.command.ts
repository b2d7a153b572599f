import { Command } from 'commander';
import { resolve } from 'node:path';
import { addAnchorOption } from './audit-arguments.js';
import { addDirectoryOption, directoryOf, type DirectoryFlags } from './audit-directory.js';
import { addFilterOptions, filterOf, type FilterFlags } from './audit-filter-options.js';
import { print, type Terminal } from './terminal.js';

interface ExportFlags extends FilterFlags, DirectoryFlags {
  readonly out: string;
  readonly anchor?: readonly string[];
}

/** `nestjs-security audit export` */
export function auditExportCommand(terminal: Terminal): Command {
  const command = new Command('export').description(
    'Writes the records that meet all options into a new folder, with what proves them without the log.',
  );
  return addAnchorOption(addFilterOptions(addDirectoryOption(command)))
    .requiredOption('--out <folder>', 'a folder that does not exist yet')
    .action(async (flags: ExportFlags) => {
      const [{ exportLog }, { pseudonymsFor }] = await Promise.all([
        import('../audit/log/read/export-log.js'),
        import('./audit-pseudonyms.js'),
      ]);
      const pseudonymsOf = await pseudonymsFor(flags, terminal);
      const out = resolve(terminal.cwd(), flags.out);
      const directory = directoryOf(flags, terminal);
      const anchors = flags.anchor?.map((folder) => resolve(terminal.cwd(), folder));
      const { streams } = await exportLog(directory, filterOf(flags), pseudonymsOf, out, anchors);
      if (streams.length === 0) print(terminal, 'No record meets all options.');
      for (const { stream, records, unsigned } of streams) {
        const rest = unsigned === 0 ? '' : `, ${unsigned} more that no checkpoint covers yet`;
        print(terminal, `${stream}: ${records} records${rest}`);
      }
    });
}
