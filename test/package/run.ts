import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a command printed. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end.
 *
 * @throws Error with all that it printed when it fails
 */
export async function run(
  command: string,
  args: readonly string[],
  { cwd = '.', env = {} }: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Output> {
  try {
    return await promisify(execFile)(command, args, {
      cwd,
      env: { ...ownEnvironment(), ...env },
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as Partial<Output>;
    const printed = `${stdout}${stderr}`.trim();
    throw new Error(`${command} ${args.join(' ')} failed in ${cwd}:\n${printed}`, { cause });
  }
}

/** Without what `npm test` says about this package, which npm would take for the folder it runs in. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package|lifecycle|command|execpath|node|config_local)/.test(name),
  );
  return Object.fromEntries(own);
}
