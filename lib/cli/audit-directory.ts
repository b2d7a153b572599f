import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage.error.js';

/** Where the log is. */
export interface DirectoryFlags {
  readonly directory?: string;
}

/** Adds the option of {@link DirectoryFlags}. */
export function addDirectoryOption(command: Command): Command {
  return command.option(
    '--directory <folder>',
    'the audit directory (default: that of SECURITY_AUDIT_DIRECTORY)',
  );
}

/**
 * The audit directory that is meant.
 *
 * @throws UsageError when none is named
 */
export function directoryOf({ directory }: DirectoryFlags, terminal: Terminal): string {
  const named = directory ?? terminal.env['SECURITY_AUDIT_DIRECTORY'];
  if (named) return resolve(terminal.cwd(), named);
  throw new UsageError('say where the log is: --directory <folder>, or SECURITY_AUDIT_DIRECTORY');
}
