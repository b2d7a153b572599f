import { createReadStream } from 'node:fs';

/**
 * Reads a file of the user's own: a pipe and a device, too, and of one without an end no more than asked for.
 *
 * @returns a byte more than it may have, for what is larger
 * @throws the system's own error
 */
export async function readAtMost(path: string, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const file: AsyncIterable<Buffer> = createReadStream(path, { end: maxBytes });
  for await (const chunk of file) chunks.push(chunk);
  return Buffer.concat(chunks);
}
