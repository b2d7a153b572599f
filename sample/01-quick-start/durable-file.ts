import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from './startup-error.js';

const PRIVATE_FILE = 0o600;

/** The text of a file, or `undefined` when there is no such file. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Replaces a file as a whole: whoever reads it, even after a crash, finds the old text or the new one.
 * When the promise resolves, the new one is on the disk. One call at a time for each path.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const unfinished = `${path}.new`;
  const file = await open(unfinished, 'w', PRIVATE_FILE);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  await syncFolder(dirname(path));
}

/** Without it, a power failure may undo the rename. */
async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders and needs none of this.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
