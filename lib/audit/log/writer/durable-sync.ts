import { randomBytes } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { NO_LINK_NO_WAIT } from '../read/regular-file.js';

const REPLACING = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | NO_LINK_NO_WAIT;

/** Writes a private file (mode 0600), in the place of another of its name, and waits until the disk has its bytes. */
export function writeDurablySync(path: string, content: Uint8Array | string): void {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const fd = openSync(path, REPLACING, 0o600);
  try {
    for (let written = 0; written < bytes.length;) {
      written += writeSync(fd, bytes, written);
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Waits until the disk has what is in a file, whoever has written it. */
export function syncFileSync(path: string): void {
  const fd = openSync(path, constants.O_RDWR | NO_LINK_NO_WAIT);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Removes a file that is not needed. Where that fails, why it is not needed is what counts. */
export function tryToRemove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays.
  }
}

/** Waits until the disk has the names of the files of a folder. */
export function syncFolderSync(folder: string): void {
  // Windows opens no folders and needs none of this.
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Puts a private file in the place of another: after a crash the one or the other is there, whole. */
export function replaceDurablySync(path: string, content: string): void {
  const unfinished = `${path}.${randomBytes(8).toString('hex')}.new`;
  try {
    writeDurablySync(unfinished, content);
    renameSync(unfinished, path);
  } catch (error) {
    tryToRemove(unfinished);
    throw error;
  }
  syncFolderSync(dirname(path));
}
