import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { verifyChain } from '../support/audit-chain.js';
import { auditBody, onlyStream } from '../support/crashed-log.js';
import { notRun } from '../support/not-run.js';
import { smallDisk } from '../support/tmpfs.js';
import { until } from '../support/until.js';
import { watchThreads } from '../support/watch-threads.js';

const MIB = 1024 * 1024;
const disk = smallDisk(4 * MIB);
const onDisk = disk ? describe : describe.skip;
if (!disk) notRun('audit log on a disk that is really full (mounting a tmpfs needs root on Linux)');
afterAll(() => disk?.remove());

/** Takes all room that is left. */
function fill(path: string): void {
  const fd = openSync(path, 'w');
  const block = Buffer.alloc(4096, 1);
  try {
    for (;;) if (writeSync(fd, block) < block.length) return;
  } catch {
    // It is full.
  } finally {
    closeSync(fd);
  }
}

const settled = async (work: Promise<unknown>[]): Promise<number> =>
  (await Promise.allSettled(work)).filter(({ status }) => status === 'fulfilled').length;

onDisk('On a disk that is filled and freed, the log', () => {
  it('loses only what it refused, counts it, takes what is critical, and goes on by itself', async () => {
    const directory = join(disk?.folder ?? '', 'log');
    const filler = join(disk?.folder ?? '', 'filler');
    const log = new FileAuditLog(directory, { limits: { reserveBytes: 256 * 1024 } });
    await log.open();
    let acknowledged = await settled(many(log, 200, 'info'));
    expect(acknowledged).toBe(200);

    fill(filler);
    const more = await settled(many(log, 300, 'info'));
    const critical = await settled(many(log, 200, 'critical'));
    const afterwards = await settled(many(log, 50, 'info'));
    expect(more).toBeLessThan(300);
    expect(critical).toBe(200);
    expect(afterwards).toBe(0);
    expect(log.health()).toMatchObject({ status: 'degraded' });
    acknowledged += more + critical;

    unlinkSync(filler);
    const deadline = Date.now() + 20_000;
    while (log.health().status !== 'ok' && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    acknowledged += await settled(many(log, 10, 'info'));
    await log.close();

    const records = verifyChain(onlyStream(directory));
    const own = records.filter(({ event }) => event === 'e');
    const lost = records
      .filter(({ event }) => event === 'audit_gap')
      .reduce((sum, { n }) => sum + Number(n), 0);
    expect(own).toHaveLength(acknowledged);
    expect(lost).toBe(760 - acknowledged);
    expect(records.map(({ event }) => event)).toContain('audit_disk_reserve_spent');
  });
});

onDisk('On a full disk whose writer thread is killed, the log', () => {
  afterEach(() => jest.restoreAllMocks());

  it('still tells exactly what it had refused before', async () => {
    const workers = watchThreads();
    const directory = join(disk?.folder ?? '', 'killed');
    const filler = join(disk?.folder ?? '', 'filler');
    const log = new FileAuditLog(directory, { limits: { reserveBytes: 0 } });
    await log.open();
    fill(filler);
    const taken = await settled(many(log, 300, 'info'));
    await workers.at(-1)?.terminate();
    const later = await settled(many(log, 20, 'info'));
    unlinkSync(filler);
    await until(() => log.health().status === 'ok');
    await log.close();
    const lost = verifyChain(onlyStream(directory))
      .filter(({ event }) => event === 'audit_gap')
      .reduce((sum, { n }) => sum + Number(n), 0);
    expect(lost).toBe(320 - taken - later);
  });
});

onDisk('A log that is closed on a full disk', () => {
  it('says that the disk is full, and lets go of its stream', async () => {
    const directory = join(disk?.folder ?? '', 'closed');
    const filler = join(disk?.folder ?? '', 'filler');
    const log = new FileAuditLog(directory, { limits: { reserveBytes: 0 } });
    await log.open();
    await log.append(auditBody(1));
    fill(filler);
    await expect(log.close()).rejects.toMatchObject({ code: 'AUDIT_DISK_FULL', status: 503 });
    unlinkSync(filler);
    const again = new FileAuditLog(directory, { limits: { reserveBytes: 0 } });
    await again.open();
    expect((await again.append(auditBody(2))).id).toContain(onlyStream(directory).name);
    await again.close();
  });
});

function many(log: FileAuditLog, count: number, level: 'info' | 'critical'): Promise<unknown>[] {
  return Array.from({ length: count }, () => log.append(auditBody(1), level));
}
