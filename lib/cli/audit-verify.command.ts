import { Command } from 'commander';
import { moment, several } from './audit-arguments.js';
import type { VerifyFlags } from './audit-verify.js';
import { wholeNumberBetween } from './argument.js';
import type { Terminal } from './terminal.js';

const MAX_AGE_SECONDS = 1_000_000_000;

/** `nestjs-security audit verify` */
export function auditVerifyCommand(terminal: Terminal, endsWith: (code: number) => void): Command {
  return new Command('verify')
    .description(
      'Verifies a log, which may be written meanwhile. Ends with 0 when nothing is left open, 1 for tampering, 2 when something is not proven or too old.',
    )
    .argument('<directory>', 'the audit directory, or an export of records')
    .option('--trust <file>', 'the trust file; keep it where whoever can write the log cannot')
    .option('--anchor <folder>', 'a folder of checkpoints that is kept elsewhere; several', several)
    .option('--as-of <date>', 'judge as of then, for archives (default: now)', moment)
    .option(
      '--max-age <seconds>',
      'how old the newest anchored checkpoint may be',
      wholeNumberBetween(0, MAX_AGE_SECONDS),
      600,
    )
    .option(
      '--jobs <n>',
      'threads that hash (default: one for each processor, at most 8)',
      wholeNumberBetween(1, 64),
    )
    .option('--export', 'the folder is an export: single records, which nobody can tell to be all')
    .option('--json', 'print the report as one line of JSON, and no progress')
    .action(async (directory: string, flags: VerifyFlags) => {
      const { auditVerify } = await import('./audit-verify.js');
      endsWith(await auditVerify(directory, flags, terminal));
    });
}
