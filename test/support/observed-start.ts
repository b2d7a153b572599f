import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

/*
 * Starts a log and says in which order files are flushed, written, cut and removed meanwhile:
 * `observed-start.js <directory> [<folder of the keys>]`.
 */
const names = new Map<number, string>();
const order: string[] = [];
const { openSync, writeSync, fsyncSync, fdatasyncSync, ftruncateSync, unlinkSync } = fs;

const nameOf = (fd: number): string => names.get(fd) ?? '';
fs.openSync = (path, ...how) => {
  const fd = openSync(path, ...how);
  names.set(fd, basename(path.toString()));
  return fd;
};
fs.writeSync = ((...call: Parameters<typeof writeSync>) => {
  order.push(`write ${nameOf(call[0])}`);
  return writeSync(...call);
}) as typeof writeSync;
fs.fsyncSync = (fd) => {
  fsyncSync(fd);
  order.push(`flush ${nameOf(fd)}`);
};
fs.fdatasyncSync = (fd) => {
  fdatasyncSync(fd);
  order.push(`flush ${nameOf(fd)}`);
};
fs.ftruncateSync = (fd, size) => {
  order.push(`cut ${nameOf(fd)}`);
  ftruncateSync(fd, size);
};
fs.unlinkSync = (path) => {
  order.push(`remove ${basename(path.toString())}`);
  unlinkSync(path);
};
const { open } = promises;
promises.open = async (path, ...how) => {
  const handle = await open(path, ...how);
  const sync = handle.sync.bind(handle);
  handle.sync = async () => {
    await sync();
    order.push(`flush ${basename(path.toString())}`);
  };
  return handle;
};
syncBuiltinESMExports();

const { FileAuditLog } = await import('../../lib/audit/log/file-audit-log.js');
const [, , directory = '', keyDirectory] = process.argv;
const log = new FileAuditLog(directory, {
  writer: 'inline',
  ...(keyDirectory !== undefined && { keyDirectory }),
  limits: { reserveBytes: 0 },
});
await log.open();
process.stdout.write(JSON.stringify(order));
process.exit(0);
