import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';

const MAIN = resolve('build/lib/cli/main.js');

/** What a run of the command printed, and how it ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the command that is under way. */
export interface CommandProcess {
  readonly child: ChildProcess;
  readonly result: Promise<CommandResult>;
}

type Environment = Readonly<Record<string, string>>;

/** Starts `nestjs-security` as a process of its own, with nothing on its standard input unless given. */
export function startCommand(
  words: readonly string[],
  env: Environment = {},
  input = '',
): CommandProcess {
  return collect(spawn(process.execPath, [MAIN, ...words], { env: withPath(env) }), input);
}

/** Runs `nestjs-security` to its end. */
export function runCommandLine(
  words: readonly string[],
  env: Environment = {},
  input = '',
): Promise<CommandResult> {
  return startCommand(words, env, input).result;
}

/** Runs `nestjs-security` on a terminal of its own, whose width is that of a usual one. */
export function runOnTerminal(
  words: readonly string[],
  env: Environment = {},
): Promise<CommandResult> {
  const line = [process.execPath, MAIN, ...words].map((word) => `'${word}'`).join(' ');
  const args = ['-qec', `stty cols 120; ${line}`, '/dev/null'];
  return collect(spawn('script', args, { env: withPath({ TERM: 'xterm', ...env }) }), '').result;
}

/** Runs `nestjs-security` with a file as its output; gives its exit code. */
export function runCommandInto(file: string, words: readonly string[]): number | null {
  const output = openSync(file, 'w');
  try {
    const stdio = ['ignore', output, 'ignore'] as const;
    return spawnSync(process.execPath, [MAIN, ...words], { stdio: [...stdio], env: withPath({}) })
      .status;
  } finally {
    closeSync(output);
  }
}

function collect(child: ReturnType<typeof spawn>, input: string): CommandProcess {
  const written = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  // A command that does not read its input may be gone before it is written.
  child.stdin?.on('error', () => undefined).end(input);
  const end = async (): Promise<CommandResult> => {
    await once(child, 'close');
    return { code: child.exitCode, ...written };
  };
  return { child, result: end() };
}

function withPath(env: Environment): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '', ...env };
}
