import { systemErrorCode } from '../common/system-error-code.js';
import { EXIT_CODE } from './exit-code.js';
import type { Terminal } from './terminal.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * The terminal of this process. Whoever asks it twice to stop does not want to wait.
 *
 * @param lostOutput the exit code where the output cannot be written
 */
export function processTerminal(lostOutput: number): Terminal {
  const { stdin, stdout, stderr, env } = process;
  stdout.on('error', (error) => {
    const code = systemErrorCode(error);
    // A reader such as "head" that has enough closes its end of the pipe; a disk may be full.
    if (code !== 'EPIPE') stderr.write(`nestjs-security: the output cannot be written (${code})\n`);
    process.exit(lostOutput);
  });
  // Progress that nobody reads is no reason to end a run.
  stderr.on('error', () => undefined);
  return { stdin, stdout, stderr, env, cwd: () => process.cwd(), onStop };
}

function onStop(listener: () => void): () => void {
  let isAsked = false;
  const ask = (): void => {
    if (isAsked) process.exit(EXIT_CODE.stopped);
    isAsked = true;
    listener();
  };
  for (const signal of SIGNALS) process.on(signal, ask);
  return () => {
    for (const signal of SIGNALS) process.off(signal, ask);
  };
}
