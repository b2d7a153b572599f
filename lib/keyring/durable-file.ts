import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a new private file (mode 0600) and waits until the disk has it. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text, 'utf8');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Waits until the disk has the names of the files of a folder. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders and needs none of this.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Puts a private file in the place of another: after a crash the one or the other is there, whole. */
export async function replaceDurably(path: string, text: string): Promise<void> {
  // Containers that share a volume may all have the same process id.
  const unfinished = `${path}.${randomBytes(8).toString('hex')}.new`;
  try {
    await writeDurably(unfinished, text);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Makes a private folder (mode 0700), with those above it, and waits until the disk has their names. The name of
 * one that is there is flushed, too, as far as that may be done: whoever made it may have been killed before.
 */
export async function makeFolderDurably(folder: string): Promise<void> {
  const parent = dirname(folder);
  if (parent === folder) return;
  if (await isThere(folder)) return syncFolder(parent).catch(() => undefined);
  // From the top: only the last of those that are there can be one whose name the disk does not have.
  await makeFolderDurably(parent);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await syncFolder(parent);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
