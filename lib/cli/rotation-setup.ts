import type { RotationSource } from '../encryption/rotation/rotation-source.js';
import { optionsFromEnvironment } from '../security.config.js';
import type { SecurityModuleOptions } from '../security.options.js';
import { readConfigFile } from './config-file.js';
import type { SetupFlags } from './setup-options.js';
import { sqlSetup } from './sql-setup.js';
import { harmless, say, type Terminal } from './terminal.js';

/** Where the values are, the keys, and how to let go of both. */
export interface RotationSetup {
  readonly source: RotationSource;
  readonly options: SecurityModuleOptions;
  readonly close: () => Promise<void>;
}

/**
 * Finds the source and the keys: in a module, or a table in PostgreSQL with the keys of the SECURITY_*
 * variables.
 *
 * @param connections how many statements run at once
 * @throws UsageError for what is missing or wrong
 */
export async function openSetup(
  flags: SetupFlags,
  connections: number,
  terminal: Terminal,
): Promise<RotationSetup> {
  const { source, security, close } =
    flags.config === undefined
      ? await sqlSetup(flags, connections, terminal)
      : await readConfigFile(flags.config, terminal);
  const warn = (message: string): void => say(terminal, harmless(message));
  try {
    return { source, options: security ?? optionsFromEnvironment(terminal.env, warn), close };
  } catch (error) {
    await close();
    throw error;
  }
}
