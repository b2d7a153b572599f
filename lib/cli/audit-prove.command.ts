import { Command } from 'commander';
import { resolve } from 'node:path';
import { addAnchorOption } from './audit-arguments.js';
import { addDirectoryOption, directoryOf, type DirectoryFlags } from './audit-directory.js';
import { isHarmless, say, type Terminal } from './terminal.js';
import { UsageError } from './usage.error.js';

interface ProveFlags extends DirectoryFlags {
  readonly out?: string;
  readonly anchor?: readonly string[];
}

/** `nestjs-security audit prove` */
export function auditProveCommand(terminal: Terminal): Command {
  const command = new Command('prove').description(
    'Prints the proof that a record is in the log, in the form of c2sp.org/tlog-proof.',
  );
  return addAnchorOption(addDirectoryOption(command))
    .argument('<id>', 'the id of the record: <stream>:<seq>')
    .option('--out <file>', 'write the proof there, and the record beside it as <file>.record')
    .action(async (id: string, flags: ProveFlags) => {
      const [{ proveRecord }, { writeNewFile }] = await Promise.all([
        import('../audit/log/read/prove-record.js'),
        import('./write-new-file.js'),
      ]);
      const anchors = flags.anchor?.map((folder) => resolve(terminal.cwd(), folder));
      const { line, proof } = await proveRecord(directoryOf(flags, terminal), id, anchors);
      if (flags.out === undefined) {
        // Anybody may add a signature to a checkpoint, under a name of any characters.
        if (!proof.split('\n').every(isHarmless))
          throw new UsageError(
            'the proof holds codes that a terminal would obey: give --out <file>',
          );
        terminal.stdout.write(proof);
        return;
      }
      const path = resolve(terminal.cwd(), flags.out);
      await writeNewFile(path, proof);
      await writeNewFile(`${path}.record`, line);
      say(terminal, `Written: ${JSON.stringify(path)} and the record beside it.`);
    });
}
