import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { syncFolder } from '../../../keyring/durable-file.js';
import { openRegular } from '../read/regular-file.js';
import { HASH_BYTES } from './node-hash.js';
import { TILE_WIDTH, tilePath } from './tile-path.js';
import { damagedTile, irregularTile } from './tile.errors.js';

const ATTEMPTS = 3;
const WIDTH = /^[1-9]\d{0,2}$/;

/** Where a tile belongs. */
export interface TilePlace {
  /** The folder of the log. */
  readonly folder: string;
  readonly level: number;
  readonly index: number;
}

/**
 * Reads a tile, the full one or else the widest partial one; `undefined` when there is none.
 *
 * @throws AuditError `AUDIT_LOG_DAMAGED` when what has its name is no file, or not as long as that says
 */
export async function readTile(place: TilePlace): Promise<Buffer | undefined> {
  // The writer may put a wider tile in the place of a partial one between two looks.
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const full = await readWidth(place, TILE_WIDTH);
    if (full) return full;
    const width = await widestPartial(place);
    const partial = width === 0 ? undefined : await readWidth(place, width);
    if (partial) return partial;
  }
  return undefined;
}

async function readWidth(place: TilePlace, width: number): Promise<Buffer | undefined> {
  const path = pathOf(place, width);
  const handle = await openRegular(path);
  if (handle === 'missing') return undefined;
  if (handle === 'irregular') throw irregularTile(path);
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(width * HASH_BYTES);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    if (size !== bytes.length || bytesRead !== size) throw damagedTile(path);
    return bytes;
  } finally {
    await handle.close();
  }
}

/** The width of the widest partial tile; 0 when there is none. */
export async function widestPartial(place: TilePlace): Promise<number> {
  const names = await readdir(dirname(pathOf(place, 1))).catch(undefinedWhenMissing);
  const widths = (names ?? []).filter((name) => WIDTH.test(name)).map(Number);
  return Math.max(0, ...widths.filter((width) => width < TILE_WIDTH));
}

/**
 * Writes a tile, partial when it is not full: after a crash it is there whole or not at all. The disk may learn
 * of its name later; {@link syncFoldersOf} waits for that.
 */
export async function writeTile(place: TilePlace, tile: Buffer): Promise<void> {
  const path = pathOf(place, tile.length / HASH_BYTES);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${randomBytes(8).toString('hex')}.new`;
  try {
    await writeFile(unfinished, tile, { mode: 0o600, flag: 'wx', flush: true });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Waits until the disk has the names of files below a folder, and those of the folders on the way. */
export async function syncFoldersOf(paths: readonly string[], folder: string): Promise<void> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = dirname(path); at.length >= folder.length && !folders.has(at); at = dirname(at))
      folders.add(at);
  }
  for (const each of folders) await syncFolder(each);
}

/** Removes the partial tiles that are narrower than one that is there. */
export async function removeNarrower(place: TilePlace, width: number): Promise<void> {
  const partials = dirname(pathOf(place, 1));
  if (width === TILE_WIDTH) return rm(partials, { recursive: true, force: true });
  const names = (await readdir(partials)).filter(
    (name) => WIDTH.test(name) && Number(name) < width,
  );
  await Promise.all(names.map((name) => rm(join(partials, name), { force: true })));
}

/** The path of the file of a tile. */
export function pathOf({ folder, level, index }: TilePlace, width: number): string {
  return join(folder, tilePath(level, index, width));
}

/** @throws every error but that a file or folder is not there */
export function undefinedWhenMissing(error: unknown): undefined {
  if (systemErrorCode(error) !== 'ENOENT') throw error;
}
