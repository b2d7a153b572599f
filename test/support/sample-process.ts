import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mainOf = (sample: string): string => `build/sample/${sample}/main.js`;
const children = new Set<ChildProcess>();
const folders = new Set<string>();

/** A started sample, or what became of it. */
export interface SampleProcess {
  readonly child: ChildProcess;
  /** Where it listens; empty when it ended instead. */
  readonly url: string;
  stdout(): string;
  stderr(): string;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** The path of a folder that does not exist yet and is removed at the end of the test. */
export function newDataFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'sample-'));
  folders.add(parent);
  return join(parent, 'data');
}

/** Starts the sample as its own process and waits until it listens or ends. */
export async function startSample(
  environment: Readonly<Record<string, string>>,
  sample = '01-quick-start',
): Promise<SampleProcess> {
  const env = { PATH: process.env['PATH'] ?? '', PORT: '0', ...environment };
  const child = spawn(process.execPath, [mainOf(sample)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const written = { stdout: '', stderr: '' };
  const listens = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written.stdout += text;
      if (written.stdout.includes('Ctrl+C stops')) resolve();
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  await Promise.race([listens, once(child, 'close')]);
  return {
    child,
    url: /listens on (\S+)/.exec(written.stdout)?.[1] ?? '',
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    end: async (signal) => {
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
      return child.exitCode;
    },
  };
}

/** Starts the sample on a terminal of its own, presses Ctrl+C when it listens, and gives what was shown. */
export async function showOnTerminal(
  environment: Readonly<Record<string, string>>,
  sample = '01-quick-start',
): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '', PORT: '0', ...environment };
  const command = `'${process.execPath}' ${mainOf(sample)}`;
  const terminal = spawn('script', ['-qec', command, '/dev/null'], { env });
  children.add(terminal);
  let shown = '';
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (text.includes('Ctrl+C stops')) terminal.stdin.write('\u0003');
  });
  await once(terminal, 'close');
  return shown;
}

/** Kills every sample that still runs, and removes the data folders. For `afterEach`. */
export async function endSamples(): Promise<void> {
  const running = [...children].filter(
    ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
  );
  await Promise.all(
    running.map((child) => {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      return closed;
    }),
  );
  children.clear();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}
