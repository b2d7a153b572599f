import { open, stat, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BreachCheckError } from './breach-check.error.js';
import type { BreachedPasswordLookup } from './breached-password-lookup.js';
import { findInSorted } from './sorted-hash-file.js';

/**
 * Looks hashes up in a file of Pwned Passwords, ordered by hash: lines of `SHA-1:COUNT`, ended by LF or
 * CR LF. The file is opened for each look-up, so that it can be replaced (by renaming) at any time.
 */
export class BreachedFile implements BreachedPasswordLookup {
  readonly #path: string;

  /** @param path from the working directory */
  constructor(path: string) {
    this.#path = resolve(path);
  }

  /**
   * Searches the file, in reads of a few hundred bytes whose number grows with the logarithm of its size.
   *
   * @throws BreachCheckError `file-unreadable`, or `file-malformed` for a line that is none or is not in order
   */
  async count(sha1: string): Promise<number> {
    try {
      return await this.#search(sha1);
    } catch (error) {
      throw error instanceof BreachCheckError ? error : new BreachCheckError('file-unreadable');
    }
  }

  async #search(sha1: string): Promise<number> {
    // Opening a named pipe would wait for whoever writes into it.
    if (!(await stat(this.#path)).isFile()) throw new BreachCheckError('file-unreadable');
    const file = await open(this.#path, 'r');
    try {
      const { size } = await file.stat();
      return await findInSorted(sha1, size, (position, length) => read(file, position, length));
    } finally {
      await file.close();
    }
  }
}

/** Reads so many bytes, fewer only at the end of the file. */
async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
