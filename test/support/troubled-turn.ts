import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { auditBody } from './crashed-log.js';
import { until } from './until.js';

/*
 * Writes a log while the file of its statements can for a time be neither flushed nor cut, and says what a
 * verifier finds then and later: `troubled-turn.js <directory>`.
 */
const directory = process.argv[2] ?? '';
const statements = new Set<number>();
let isInTrouble = false;
const { openSync, closeSync, fdatasyncSync, ftruncateSync } = fs;

function trouble(fd: number): void {
  if (isInTrouble && statements.has(fd)) throw Object.assign(new Error('EIO'), { code: 'EIO' });
}

fs.openSync = (path, ...how) => {
  const fd = openSync(path, ...how);
  if (path.toString().endsWith('epochs.notes')) statements.add(fd);
  return fd;
};
fs.closeSync = (fd) => {
  statements.delete(fd);
  closeSync(fd);
};
fs.fdatasyncSync = (fd) => {
  trouble(fd);
  fdatasyncSync(fd);
};
fs.ftruncateSync = (fd, size) => {
  trouble(fd);
  ftruncateSync(fd, size);
};
syncBuiltinESMExports();

const { FileAuditLog } = await import('../../lib/audit/log/file-audit-log.js');
const { verifyLog } = await import('../../lib/audit/log/verify/verify-log.js');

async function tampered(): Promise<string[]> {
  const { streams } = await verifyLog(directory, {});
  const problems = streams.flatMap((stream) => stream.problems);
  return problems.filter(({ grade }) => grade === 'tampered').map(({ kind }) => kind);
}

const limits = { reserveBytes: 0, epochMs: 20, checkpointMs: 10 };
const log = new FileAuditLog(directory, { writer: 'inline', limits });
await log.open();
isInTrouble = true;
await log.append(auditBody(1));
await until(() => log.health().reasons.includes('checkpoint-failed'));
await log.append(auditBody(2));
const signed = await log.checkpoint().then(
  () => 'signed',
  (error: unknown) => (error as { code?: unknown }).code,
);
const meanwhile = await tampered();
isInTrouble = false;
await log.append(auditBody(3));
await until(() => log.health().status === 'ok');
await log.close();
process.stdout.write(JSON.stringify({ signed, meanwhile, later: await tampered() }));
process.exit(0);
