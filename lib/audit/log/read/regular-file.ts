import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { AuditError } from '../../../errors/audit.error.js';

/** Why a file is not read: there is none, or what has its name is a link, a folder, a pipe or a device. */
export type Unreadable = 'missing' | 'irregular';

/** Neither links are followed nor pipes waited for. Windows knows neither flag. */
export const NO_LINK_NO_WAIT = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const MISSING: readonly string[] = ['ENOENT', 'ENOTDIR'];
const IRREGULAR: readonly string[] = ['ELOOP', 'ENXIO', 'EISDIR', 'EMLINK', 'ENODEV'];

/**
 * Opens a regular file for reading.
 *
 * @throws AuditError `AUDIT_LOG_UNREADABLE` when the system refuses it
 */
export async function openRegular(path: string): Promise<FileHandle | Unreadable> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | NO_LINK_NO_WAIT);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    return 'irregular';
  } catch (error) {
    await handle?.close();
    return reasonOf(error, path);
  }
}

/**
 * Reads a whole regular file that is not larger than it may be.
 *
 * @throws AuditError `AUDIT_LOG_UNREADABLE` when the system refuses it
 */
export async function readRegular(
  path: string,
  maxBytes: number,
): Promise<Buffer | Unreadable | 'too-large'> {
  const handle = await openRegular(path);
  if (typeof handle === 'string') return handle;
  try {
    const bytes = await readAt(handle, 0, maxBytes + 1, path);
    return bytes.length > maxBytes ? 'too-large' : bytes;
  } finally {
    await handle.close();
  }
}

/**
 * Reads bytes of a file, fewer only at its end.
 *
 * @param path for the message of the error
 * @throws AuditError `AUDIT_LOG_UNREADABLE` when the system refuses it
 */
export async function readAt(
  handle: FileHandle,
  position: number,
  length: number,
  path: string,
): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, await readInto(handle, buffer, position, path));
}

/**
 * Fills a buffer from a place in a file.
 *
 * @returns how many bytes there were
 * @throws AuditError `AUDIT_LOG_UNREADABLE` when the system refuses it
 */
export async function readInto(
  handle: FileHandle,
  buffer: Buffer,
  position: number,
  path: string,
): Promise<number> {
  let filled = 0;
  try {
    while (filled < buffer.length) {
      const { bytesRead } = await handle.read(
        buffer,
        filled,
        buffer.length - filled,
        position + filled,
      );
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  } catch (error) {
    throw unreadable(error, path);
  }
}

/** A file or folder of the log that the system does not let be read. */
export function unreadable(cause: unknown, path: string): AuditError {
  return new AuditError(
    'AUDIT_LOG_UNREADABLE',
    `the audit log could not be read (${systemErrorCode(cause)} at ${JSON.stringify(path)}): nothing is known about it. Give the folder of a log, and the right to read all of it`,
    { cause },
  );
}

/**
 * Why a file could not be opened.
 *
 * @throws AuditError `AUDIT_LOG_UNREADABLE` when the system refuses it
 */
export function reasonOf(error: unknown, path: string): Unreadable {
  const code = systemErrorCode(error);
  if (MISSING.includes(code)) return 'missing';
  if (IRREGULAR.includes(code)) return 'irregular';
  throw unreadable(error, path);
}
