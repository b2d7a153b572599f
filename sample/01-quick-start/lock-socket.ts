import { connect, createServer, type Server } from 'node:net';
import { relative, resolve } from 'node:path';
import { StartupError } from './startup-error.js';

const MAX_PATH_BYTES = 103;

/** Answers on a Unix socket or named pipe for as long as this process lives, without keeping it alive. */
export function listenOn(path: string): Promise<Server> {
  return new Promise((settle, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(path, () => settle(server.unref()));
  });
}

/** Whether somebody answers there. Any failure but a refusal comes from a socket that is in use. */
export function isAnswered(path: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(path, () => {
      socket.destroy();
      settle(true);
    });
    socket.once('error', (error) => settle(!('code' in error && error.code === 'ECONNREFUSED')));
  });
}

/**
 * The shortest way to write a path: systems take some 100 bytes for that of a socket.
 *
 * @throws StartupError when even that is too long
 */
export function socketPath(path: string): string {
  const [shortest = path] = [path, resolve(path), relative(process.cwd(), path)].toSorted(
    (a, b) => Buffer.byteLength(a) - Buffer.byteLength(b),
  );
  if (Buffer.byteLength(shortest) <= MAX_PATH_BYTES) return shortest;
  throw new StartupError('DATA_DIR is too long a path for a lock in it: choose a shorter one.');
}
