import { Command } from 'commander';
import { addDirectoryOption } from './audit-directory.js';
import type { TailFlags } from './audit-tail.js';
import { wholeNumberBetween } from './argument.js';
import type { Terminal } from './terminal.js';

/** `nestjs-security audit tail` */
export function auditTailCommand(terminal: Terminal, endsWith: (code: number) => void): Command {
  const command = new Command('tail').description(
    'Prints the last records of all streams, oldest first. Verifies nothing.',
  );
  return addDirectoryOption(command)
    .option('-n, --lines <n>', 'how many', wholeNumberBetween(1, 1000), 10)
    .option('-f, --follow', 'print what is added, until stopped')
    .option('--json', 'print each record as a line of JSON')
    .action(async (flags: TailFlags) => {
      const { auditTail } = await import('./audit-tail.js');
      endsWith(await auditTail(flags, terminal));
    });
}
