import { Command } from 'commander';
import { addSetupOptions, type SetupFlags } from './setup-options.js';
import { harmless, print, type Terminal } from './terminal.js';

/** `nestjs-security key usage` */
export function keyUsageCommand(terminal: Terminal): Command {
  const command = new Command('usage').description(
    'Counts stored values by the key that they are encrypted under. Options as those of "rotate".',
  );
  return addSetupOptions(command).action(async (flags: SetupFlags) => {
    const { withRotation } = await import('./with-rotation.js');
    const { keys, unknown } = await withRotation(flags, 1, terminal, ({ rotation, source }) =>
      rotation.keyUsage(source),
    );
    for (const { keyId, rows } of keys) print(terminal, `${harmless(keyId)} ${rows}`);
    if (unknown > 0) print(terminal, `(opened by no key) ${unknown}`);
  });
}
