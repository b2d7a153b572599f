import type { Readable, Writable } from 'node:stream';

/** What the command talks to: those of the process, or others in a test. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder in which the command was called. */
  cwd(): string;
  /** Calls back when the user or the system asks the command to stop; gives a function that ends this. */
  onStop(listener: () => void): () => void;
}

/** Writes a line for people, beside the output proper. */
export function say(terminal: Terminal, line: string): void {
  terminal.stderr.write(`${line}\n`);
}

/** Writes a line of the output proper. */
export function print(terminal: Terminal, line: string): void {
  terminal.stdout.write(`${line}\n`);
}

const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** Text from elsewhere in one line, without codes that a terminal would obey. */
export function harmless(text: string): string {
  return text.replaceAll(OBEYED, ' ').trim();
}

/** Whether a line has no codes that a terminal would obey. */
export function isHarmless(line: string): boolean {
  return line.search(OBEYED) === -1;
}
