import { createHash, randomBytes } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { link, rename, rm, stat, unlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { systemErrorCode } from '../../common/system-error-code.js';
import { AuditError } from '../../errors/audit.error.js';
import { isSocketAlive } from './socket-alive.js';
import { socketPath } from './socket-path.js';

const ATTEMPTS = 5;

/** A lock that is held until it is released or the process ends, however it ends. */
export interface StreamLock {
  /** Lets another process have it. */
  release(): Promise<void>;
  /**
   * Looks whether this process still has it, and takes it again when its file was removed.
   *
   * @returns `false` when another process has taken it meanwhile
   */
  keep(): Promise<boolean>;
}

/**
 * Locks a folder for this process, by a Unix socket in it (a named pipe on Windows): whoever can connect
 * knows that the owner lives. A file with a process id would tell nothing once ids are used again or
 * containers share the folder.
 *
 * @returns `undefined` when another process holds the lock
 * @throws AuditError `AUDIT_DIRECTORY_UNUSABLE` when the folder's path is too long or takes no sockets
 */
export async function lockStream(folder: string): Promise<StreamLock | undefined> {
  return process.platform === 'win32' ? lockByPipe(folder) : lockBySocket(folder);
}

async function lockByPipe(folder: string): Promise<StreamLock | undefined> {
  const name = createHash('sha256').update(folder.toLowerCase()).digest('hex');
  try {
    const server = await listen(`\\\\.\\pipe\\nestjs-security-${name}`);
    return { release: () => close(server), keep: () => Promise.resolve(true) };
  } catch (error) {
    if (systemErrorCode(error) === 'EADDRINUSE') return undefined;
    throw error;
  }
}

/*
 * The socket is bound under a name of its own and then linked to the name of the lock, which fails when
 * that exists. A lock whose owner is dead refuses connections; it is replaced by rename, under a ticket
 * that names exactly this dead socket, so that of several takers one wins and no living lock is replaced.
 */
async function lockBySocket(folder: string): Promise<StreamLock | undefined> {
  const path = join(folder, 'lock.sock');
  const taken = await takeSocket(folder, path);
  if (!taken) return undefined;
  let held = taken;
  let looking: Promise<boolean> | undefined;
  const look = async (): Promise<boolean> => {
    if ((await inodeOf(path)) === held.inode) return true;
    const again = await takeSocket(folder, path);
    if (!again) return false;
    await close(held.server);
    held = again;
    return true;
  };
  return {
    async release() {
      // What a look is about to take is let go of, too.
      await looking?.catch(() => undefined);
      await release(held, path);
    },
    keep() {
      // On a slow disk the next look begins before this one ends, and would take its lock for another process's.
      looking ??= look().finally(() => (looking = undefined));
      return looking;
    },
  };
}

interface HeldSocket {
  readonly server: Server;
  /**
   * Which file the lock is. No other file has this number as long as the server is bound to it, whereas the
   * file's times change with its permissions and its names.
   */
  readonly inode: bigint | undefined;
}

async function takeSocket(folder: string, lock: string): Promise<HeldSocket | undefined> {
  const own = join(folder, `${randomBytes(4).toString('hex')}.sock`);
  const server = await listen(socketPath(own));
  try {
    const inode = await inodeOf(own);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (await acquired(own, lock)) return { server, inode };
      if (await isSocketAlive(lock)) break;
    }
  } catch (error) {
    await discard(server, own);
    throw error;
  }
  await discard(server, own);
  return undefined;
}

async function acquired(own: string, lock: string): Promise<boolean> {
  if (await linked(own, lock)) {
    await unlink(own);
    return true;
  }
  const dead = await identityOf(lock);
  if (dead === undefined || (await isSocketAlive(lock))) return false;
  return takeOver(own, lock, dead);
}

async function takeOver(own: string, lock: string, dead: string): Promise<boolean> {
  const ticket = join(
    lock,
    '..',
    `${createHash('sha256').update(dead).digest('hex').slice(0, 8)}.ticket`,
  );
  if (!(await linked(own, ticket))) {
    // Its holder may have died between taking the ticket and using it.
    if (!(await isSocketAlive(ticket))) await rm(ticket, { force: true });
    return false;
  }
  try {
    if ((await identityOf(lock)) !== dead || (await isSocketAlive(lock))) return false;
    await rename(own, lock);
    return true;
  } finally {
    await rm(ticket, { force: true });
  }
}

async function release({ server, inode }: HeldSocket, lock: string): Promise<void> {
  try {
    // Where somebody removed the lock, it may be another process's by now.
    if ((await inodeOf(lock)) === inode) await rm(lock, { force: true });
  } finally {
    // A file that stays is a dead lock then, which others replace.
    await close(server);
  }
}

async function discard(server: Server, own: string): Promise<void> {
  await close(server);
  await rm(own, { force: true });
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw unusable(error);
  }
}

async function identityOf(path: string): Promise<string | undefined> {
  const found = await statOf(path);
  return found && `${found.ino}-${found.ctimeNs}`;
}

async function inodeOf(path: string): Promise<bigint | undefined> {
  return (await statOf(path))?.ino;
}

async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) =>
      reject(systemErrorCode(error) === 'EADDRINUSE' ? error : unusable(error)),
    );
    server.listen(path, () => resolve(server.unref()));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function unusable(cause: unknown): AuditError {
  return new AuditError(
    'AUDIT_DIRECTORY_UNUSABLE',
    `audit.directory cannot be locked (${systemErrorCode(cause)}): choose a folder on a local disk that this process may write to.`,
    { cause },
  );
}
