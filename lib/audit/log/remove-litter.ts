import { randomBytes } from 'node:crypto';
import { lstat, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isSocketAlive } from './socket-alive.js';
import { STREAM_NAME } from './stream-name.js';
import { epochKeyPath, identityKeyPath } from './writer/epoch-keys.js';

const UNFINISHED = /^.+\.[0-9a-f]{16}\.new$/;
const UNFINISHED_KEY = /^(?:0|[1-9]\d{0,5})-[0-9a-z]{8}\..+\.[0-9a-f]{16}\.new$/;
const SOCKET = /^[0-9a-f]{8}\.(?:sock|ticket)$/;
/** All that a folder has in it before it has the name of a stream. */
const BEGINNING = /^(?:identity\.vkey|checkpoint|genesis\.json)(?:\.[0-9a-f]{16}\.new)?$/;
/** What is in use is younger by far. */
const SOCKET_MS = 60_000;
/** Nothing tells whether its maker lives; nobody takes so long. */
const UNLOCKED_MS = 60 * 60 * 1000;

/** Where processes that were killed may have left something. */
export interface LitteredPlaces {
  readonly directory: string;
  readonly keyFolder: string;
  /** The folder of a stream, which is locked for this process. */
  readonly folder: string;
}

/**
 * Removes what processes that were killed have left unfinished: files that were to get another name, sockets
 * that nobody listens to, and streams that did not begin. Never what a living process may have in use, and
 * nothing of a log. What cannot be removed stays.
 */
export async function removeLitter(places: LitteredPlaces): Promise<void> {
  const { directory, keyFolder, folder } = places;
  for (const at of [folder, join(folder, 'sinks')])
    await removeFrom(at, UNFINISHED, async (path) => (await lstat(path)).isFile());
  await removeFrom(keyFolder, UNFINISHED_KEY, (path) => isOlder(path, UNLOCKED_MS));
  await removeFrom(folder, SOCKET, isDeadSocket);
  for (const name of await namesIn(directory, UNFINISHED)) {
    const stream = name.slice(0, name.indexOf('.'));
    if (STREAM_NAME.test(stream)) await trying(() => removeUnbegun(places, name, stream));
  }
}

async function removeFrom(
  folder: string,
  pattern: RegExp,
  isLitter: (path: string) => Promise<boolean>,
): Promise<void> {
  for (const name of await namesIn(folder, pattern)) {
    const path = join(folder, name);
    await trying(async () => {
      if (await isLitter(path)) await unlink(path);
    });
  }
}

async function isDeadSocket(path: string): Promise<boolean> {
  return (await isOlder(path, SOCKET_MS)) && !(await isSocketAlive(path));
}

async function isOlder(path: string, ms: number): Promise<boolean> {
  return Date.now() - (await lstat(path)).mtimeMs > ms;
}

/** Under another name its maker cannot finish it any more, so its keys serve nobody. */
async function removeUnbegun(
  { directory, keyFolder }: LitteredPlaces,
  name: string,
  stream: string,
): Promise<void> {
  const found = join(directory, name);
  const names = await readdir(found);
  if (!names.every((each) => BEGINNING.test(each)) || !(await isOlder(found, UNLOCKED_MS))) return;
  const taken = join(directory, `${stream}.${randomBytes(8).toString('hex')}.new`);
  await rename(found, taken);
  for (const each of names) await unlink(join(taken, each));
  await rmdir(taken);
  if ((await readdir(directory)).includes(stream)) return;
  const place = { keyFolder, stream };
  for (const path of [epochKeyPath(place, 0), identityKeyPath(place)])
    await trying(() => unlink(`${path}.next`));
}

async function namesIn(folder: string, pattern: RegExp): Promise<string[]> {
  const names = (await trying(() => readdir(folder))) ?? [];
  return names.filter((name) => pattern.test(name));
}

async function trying<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
