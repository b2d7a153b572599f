import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unknownOption } from '../common/nearest-name.js';
import { checkSource } from '../encryption/rotation/rotation.options.js';
import type { RotationSource } from '../encryption/rotation/rotation-source.js';
import type { SecurityModuleOptions } from '../security.options.js';
import { harmless, type Terminal } from './terminal.js';
import { UsageError } from './usage.error.js';

const KNOWN = ['source', 'security', 'close'];

/** What a module for `--config` exports as its default, or what the function gives that it exports. */
export interface CommandConfig {
  readonly source: RotationSource;
  /** The options of `SecurityModule.forRoot`; without them those of the SECURITY_* variables. */
  readonly security: SecurityModuleOptions | undefined;
  /** Called at the end. */
  readonly close: () => Promise<void>;
}

/**
 * Loads the module of `--config`.
 *
 * @throws UsageError when it cannot be loaded, or does not export what is needed
 */
export async function readConfigFile(path: string, terminal: Terminal): Promise<CommandConfig> {
  const config = await exportOf(path, terminal);
  const wrong = (problem: string): UsageError =>
    new UsageError(
      `${path} ${problem} Export default { source, security?, close? }, or a function that gives it.`,
    );
  if (typeof config !== 'object' || config === null) throw wrong('exports no object.');
  const unknown = Object.keys(config).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw wrong(unknownOption(unknown, KNOWN));
  const { source, security, close } = config as Record<string, unknown>;
  if (close !== undefined && typeof close !== 'function')
    throw wrong('exports a close that is no function.');
  try {
    checkSource(source);
  } catch {
    throw wrong('exports no source such as sqlSource() gives.');
  }
  return {
    source,
    // Not yet checked: the schema does that when the services start.
    security: security as SecurityModuleOptions | undefined,
    close: async () => void (await close?.()),
  };
}

async function exportOf(path: string, terminal: Terminal): Promise<unknown> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(resolve(terminal.cwd(), path)).href)) as typeof module;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path} cannot be loaded: ${harmless(message)}`);
  }
  return typeof module.default === 'function' ? (module.default() as unknown) : module.default;
}
