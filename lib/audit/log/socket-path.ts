import { relative } from 'node:path';
import { AuditError } from '../../errors/audit.error.js';

/** The longest socket path that every system takes, in bytes. */
const MAX_SOCKET_PATH = 103;

/**
 * The path of a socket, from here where that is shorter.
 *
 * @throws AuditError `AUDIT_DIRECTORY_UNUSABLE` when it is too long
 */
export function socketPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  const shorter = fromHere.length < path.length ? fromHere : path;
  if (Buffer.byteLength(shorter) <= MAX_SOCKET_PATH) return shorter;
  throw new AuditError(
    'AUDIT_DIRECTORY_UNUSABLE',
    `audit.directory is too long a path: a lock in it has ${Buffer.byteLength(shorter)} bytes, ${MAX_SOCKET_PATH} are possible. Choose a shorter one.`,
  );
}
