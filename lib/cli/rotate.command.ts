import { Command } from 'commander';
import type { RotationReport } from '../encryption/rotation/rotation-report.js';
import { wholeNumberBetween } from './argument.js';
import { EXIT_CODE } from './exit-code.js';
import { reportLines } from './report-lines.js';
import type { RotateFlags } from './rotate.js';
import { addSetupOptions } from './setup-options.js';
import { print, type Terminal } from './terminal.js';

/** `nestjs-security rotate` */
export function rotateCommand(terminal: Terminal, endsWith: (code: number) => void): Command {
  const command = new Command('rotate').description(
    'Encrypts stored values again that are not under the primary key. Keys come from SECURITY_* variables, unless --config gives them.',
  );
  return addSetupOptions(command)
    .option('--dry-run', 'open and encrypt everything, write nothing')
    .option('--checkpoint <file>', 'remember there how far it came, and go on from there')
    .option('--batch-size <n>', 'rows that are read at a time', wholeNumberBetween(1, 100_000), 500)
    .option('--concurrency <n>', 'statements that run at a time', wholeNumberBetween(1, 1000), 4)
    .option('--fail-fast', 'stop at the first row that fails')
    .option('--json', 'print the report as one line of JSON')
    .action(async (flags: RotateFlags) => {
      // Nest and the database client are loaded for this only: making a key needs neither.
      const { rotate } = await import('./rotate.js');
      const report = await rotate(flags, terminal);
      const lines = flags.json ? [JSON.stringify(report)] : reportLines(report, flags.checkpoint);
      for (const line of lines) print(terminal, line);
      endsWith(exitCodeOf(report));
    });
}

function exitCodeOf({ failedCount, done }: RotationReport): number {
  if (failedCount > 0) return EXIT_CODE.failed;
  return done ? EXIT_CODE.done : EXIT_CODE.stopped;
}
