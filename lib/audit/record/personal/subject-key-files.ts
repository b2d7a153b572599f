import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decodeBase64Url } from '../../../common/encoding.js';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { syncFolder, writeDurably } from '../../../keyring/durable-file.js';

const KEY_BYTES = 32;
const PRIVATE_FOLDER = 0o700;

/** A key as it lies in its file. */
export interface KeyFile {
  readonly key: KeyObject;
  /** Another file under the same name has another one. */
  readonly version: string;
}

/**
 * The files of subjects' keys, `<2 characters>/<name>.key`: the base64url of 32 random bytes and LF. Beside
 * it, `<name>.forgotten` says that there must be none any more. Safe between processes.
 */
export class SubjectKeyFiles {
  readonly #folder: string;
  /** Folders, 4,096 at the most, whose names the disk has. */
  readonly #flushed = new Set<string>();

  /** @param folder made with mode 0700 when the first key is */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns `undefined` when there is none, `damaged` for a file that holds no key */
  async read(name: string): Promise<KeyFile | 'damaged' | undefined> {
    const version = await this.version(name);
    const text = version && (await orNone(readFile(this.#pathOf(name), 'latin1')));
    if (version === undefined || text === undefined) return undefined;
    const key = text.endsWith('\n') ? decodeBase64Url(text.slice(0, -1)) : undefined;
    return key?.length === KEY_BYTES ? { key: createSecretKey(key), version } : 'damaged';
  }

  /** What tells a file from another under the same name; `undefined` when there is none. */
  async version(name: string): Promise<string | undefined> {
    const found = await orNone(stat(this.#pathOf(name), { bigint: true }));
    return found && `${found.ino}-${found.mtimeNs}-${found.size}`;
  }

  async isForgotten(name: string): Promise<boolean> {
    return (await orNone(stat(this.#tombstoneOf(name)))) !== undefined;
  }

  /** Makes a key, unless another process has made one meanwhile: the file appears at once and whole. */
  async create(name: string): Promise<void> {
    const path = this.#pathOf(name);
    await this.#makeFolderOf(path);
    const unfinished = `${path}.${randomBytes(8).toString('hex')}.new`;
    try {
      await writeDurably(unfinished, `${randomBytes(KEY_BYTES).toString('base64url')}\n`);
      await unless('EEXIST', link(unfinished, path));
    } finally {
      await rm(unfinished, { force: true });
    }
    // Also for the one that was there: what is encrypted under it must not outlive it.
    await syncFolder(dirname(path));
  }

  /** From the moment when this resolves, {@link SubjectKeyFiles.isForgotten} is true, also after a crash. */
  async bury(name: string): Promise<void> {
    const path = this.#tombstoneOf(name);
    await this.#makeFolderOf(path);
    await unless('EEXIST', writeDurably(path, ''));
    await syncFolder(dirname(path));
  }

  /** Overwrites a key and removes it. Nothing is done when there is none. */
  async erase(name: string): Promise<void> {
    const path = this.#pathOf(name);
    await unless('ENOENT', overwrite(path));
    await rm(path, { force: true });
    await unless('ENOENT', syncFolder(dirname(path)));
  }

  /** Takes the mark away that {@link SubjectKeyFiles.bury} has set. */
  async unbury(name: string): Promise<void> {
    await rm(this.#tombstoneOf(name), { force: true });
    await unless('ENOENT', syncFolder(dirname(this.#tombstoneOf(name))));
  }

  async #makeFolderOf(path: string): Promise<void> {
    const folder = dirname(path);
    const made = await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    // One that was there may have been made by an attempt that did not come so far.
    if (made === undefined && this.#flushed.has(folder)) return;
    await syncFolder(this.#folder);
    await syncFolder(dirname(this.#folder));
    this.#flushed.add(folder);
  }

  #pathOf(name: string): string {
    return join(this.#folder, name.slice(0, 2), `${name}.key`);
  }

  #tombstoneOf(name: string): string {
    return join(this.#folder, name.slice(0, 2), `${name}.forgotten`);
  }
}

/** As far as the file system writes in place; on many disks the old bytes stay somewhere for a while. */
async function overwrite(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    await handle.write(randomBytes(size), 0, size, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function orNone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function unless(code: string, action: Promise<void>): Promise<void> {
  try {
    await action;
  } catch (error) {
    if (systemErrorCode(error) !== code) throw error;
  }
}
