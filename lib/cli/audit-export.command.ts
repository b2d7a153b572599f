import { Command } from 'commander';
import { addAnchorOption } from './audit-arguments.js';
import { addDirectoryOption } from './audit-directory.js';
import type { ExportFlags } from './audit-export.js';
import { addFilterOptions } from './audit-filter-options.js';
import type { Terminal } from './terminal.js';

/** `nestjs-security audit export` */
export function auditExportCommand(terminal: Terminal, endsWith: (code: number) => void): Command {
  const command = new Command('export').description(
    'Writes the records that meet all options into a new folder, with what proves them without the log.',
  );
  return addAnchorOption(addFilterOptions(addDirectoryOption(command)))
    .requiredOption('--out <folder>', 'a folder that does not exist yet')
    .action(async (flags: ExportFlags) => {
      const { auditExport } = await import('./audit-export.js');
      endsWith(await auditExport(flags, terminal));
    });
}
