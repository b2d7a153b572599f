import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { readStreams, verifyChain } from '../support/audit-chain.js';
import { auditBody, onlyStream } from '../support/crashed-log.js';

const open: FileAuditLog[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((log) => log.close()));
});

async function start(directory: string, writer: 'thread' | 'inline'): Promise<FileAuditLog> {
  const log = new FileAuditLog(directory, { writer, limits: { reserveBytes: 0 } });
  open.push(log);
  await log.open();
  return log;
}

const newDirectory = (): string => join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
const removeLock = (directory: string): void =>
  rmSync(join(onlyStream(directory).folder, 'lock.sock'));

async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isSo() && Date.now() < deadline) await new Promise((next) => setTimeout(next, 50));
}

describe('A lock that was removed', () => {
  it('is taken again, so that another process writes a stream of its own', async () => {
    const directory = newDirectory();
    const first = await start(directory, 'inline');
    await first.append(auditBody(1));
    removeLock(directory);
    await new Promise((next) => setTimeout(next, 1500));
    const second = await start(directory, 'inline');
    await second.append(auditBody(2));
    await first.append(auditBody(3));
    expect(readStreams(directory).map((stream) => verifyChain(stream).map(({ n }) => n))).toEqual([
      [1, 3],
      [2],
    ]);
  });

  it.each(['thread', 'inline'] as const)(
    'and given to another process, ends the writing of the first one (%s)',
    async (writer) => {
      const directory = newDirectory();
      const first = await start(directory, writer);
      await first.append(auditBody(1));
      removeLock(directory);
      const second = await start(directory, writer);
      await until(() => first.health().status === 'failing');
      expect(first.health().reasons).toContain('lock-lost');
      await expect(first.append(auditBody(2), 'critical')).rejects.toMatchObject({
        code: 'AUDIT_WRITE_FAILED',
        status: 503,
      });
      await first.close();
      expect((await second.append(auditBody(3))).durability).toBe('fdatasync');
      await second.close();
      const written = verifyChain(onlyStream(directory)).map(({ event, n }) => n ?? event);
      expect(written).toEqual([1, 'audit_unclean_stop', 3]);
    },
  );
});
