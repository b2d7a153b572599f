import { createHash, randomBytes } from 'node:crypto';
import { link, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isAnswered, listenOn, socketPath } from './lock-socket.js';
import { hasCode, StartupError } from './startup-error.js';

const LOCK = /^lock-(\d{1,9})\.sock$/;

/**
 * Holds a folder for this process until it ends, however it ends: a socket in the folder answers as long
 * as its owner lives. What a killed process left behind refuses connections and is passed over.
 *
 * @throws StartupError when another process holds the folder
 */
export async function lockFolder(folder: string): Promise<void> {
  const held = process.platform === 'win32' ? await lockByPipe(folder) : await lockBySocket(folder);
  if (held) return;
  throw new StartupError(
    `Another instance of this sample uses the folder ${resolve(folder)}: stop it, or set DATA_DIR to another folder.`,
  );
}

async function lockByPipe(folder: string): Promise<boolean> {
  const name = createHash('sha256').update(resolve(folder).toLowerCase()).digest('hex');
  try {
    await listenOn(`\\\\.\\pipe\\quick-start-${name}`);
    return true;
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) return false;
    throw error;
  }
}

/*
 * The highest number is the lock. It is given by link(), which fails when the number is taken, to a
 * socket that listens already; so of several starters one wins, and none takes the lock of another for
 * dead. The last lock stays behind at the end, so that numbers never begin anew.
 */
async function lockBySocket(folder: string): Promise<boolean> {
  const highest = Math.max(0, ...(await locksIn(folder)));
  if (highest > 0 && (await isAnswered(socketPath(lockPath(folder, highest))))) return false;
  const own = join(folder, `${randomBytes(4).toString('hex')}.sock`);
  const server = await listenOn(socketPath(own));
  const held = await wins(own, folder, highest + 1);
  await rm(own, { force: true });
  if (!held) server.close();
  return held;
}

async function wins(own: string, folder: string, number: number): Promise<boolean> {
  try {
    await link(own, lockPath(folder, number));
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  const numbers = await locksIn(folder);
  if (numbers.some((other) => other > number)) return false;
  const dead = numbers.filter((other) => other < number);
  await Promise.all(dead.map((other) => rm(lockPath(folder, other), { force: true })));
  return true;
}

async function locksIn(folder: string): Promise<number[]> {
  return (await readdir(folder)).flatMap((name) => LOCK.exec(name)?.slice(1).map(Number) ?? []);
}

function lockPath(folder: string, number: number): string {
  return join(folder, `lock-${number}.sock`);
}
