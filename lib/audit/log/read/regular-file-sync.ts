import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { NO_LINK_NO_WAIT, reasonOf, unreadable, type Unreadable } from './regular-file.js';

/**
 * Opens a regular file, without following a link or waiting for a pipe.
 *
 * @param flags how it is opened, beside that
 * @throws AuditError `AUDIT_LOG_UNREADABLE` when the system refuses it
 */
export function openRegularSync(
  path: string,
  flags: number = constants.O_RDONLY,
): number | Unreadable {
  let fd: number | undefined;
  try {
    fd = openSync(path, flags | NO_LINK_NO_WAIT, 0o600);
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
    return 'irregular';
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    return reasonOf(error, path);
  }
}

/**
 * Reads a whole regular file that is not larger than it may be.
 *
 * @throws AuditError `AUDIT_LOG_UNREADABLE` when the system refuses it
 */
export function readRegularSync(path: string, maxBytes: number): Buffer | Unreadable | 'too-large' {
  const fd = openRegularSync(path);
  if (typeof fd === 'string') return fd;
  try {
    const bytes = readExactly(fd, 0, maxBytes + 1);
    return bytes.length > maxBytes ? 'too-large' : bytes;
  } finally {
    closeSync(fd);
  }
}

/** Reads so many bytes, fewer only where the file ends. */
export function readExactly(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readAll(fd, buffer, position));
}

/**
 * Fills a buffer from a place in a file.
 *
 * @param path for the message of the error
 * @returns how many bytes there were
 * @throws AuditError `AUDIT_LOG_UNREADABLE` when the system refuses it
 */
export function readIntoSync(fd: number, buffer: Buffer, position: number, path: string): number {
  try {
    return readAll(fd, buffer, position);
  } catch (error) {
    throw unreadable(error, path);
  }
}

function readAll(fd: number, buffer: Buffer, position: number): number {
  let read = 0;
  while (read < buffer.length) {
    const count = readSync(fd, buffer, read, buffer.length - read, position + read);
    if (count === 0) break;
    read += count;
  }
  return read;
}
