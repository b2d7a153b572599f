import { say, type Terminal } from './terminal.js';
import { UsageError } from './usage.error.js';

/** A token of 256 MiB of plaintext, in the stored form. */
const MAX_BYTES = 360 * 1024 * 1024;

/**
 * Reads the standard input to its end.
 *
 * @param what names the input, for whoever has to type it
 * @throws UsageError for more bytes than any token has
 */
export async function readInput(terminal: Terminal, what: string): Promise<string> {
  const { stdin } = terminal;
  if (stdin.isTTY === true) say(terminal, `Paste ${what}, then Enter and Ctrl+D.`);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Uint8Array | string);
    length += bytes.length;
    if (length > MAX_BYTES) throw new UsageError('the input is longer than any token');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
