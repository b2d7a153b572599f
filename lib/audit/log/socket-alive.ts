import { connect } from 'node:net';
import { systemErrorCode } from '../../common/system-error-code.js';
import { socketPath } from './socket-path.js';

/** Whether a process listens to a socket. */
export function isSocketAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath(path));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // Whatever else goes wrong (no permission, a full backlog) comes from a lock that is held.
    socket.once('error', (error) =>
      resolve(!['ECONNREFUSED', 'ENOENT'].includes(systemErrorCode(error))),
    );
  });
}
