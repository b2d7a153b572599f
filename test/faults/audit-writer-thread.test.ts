import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import { verifyChain } from '../support/audit-chain.js';
import { auditBody, onlyStream } from '../support/crashed-log.js';
import { until } from '../support/until.js';
import { watchThreads } from '../support/watch-threads.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function grown(list: readonly unknown[], length: number): Promise<void> {
  while (list.length < length) await pause(5);
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('When its thread is killed, the log', () => {
  it('goes on in another one; no record is lost or written twice', async () => {
    const workers = watchThreads();
    const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
    const log = new FileAuditLog(directory);
    await log.open();
    const written: string[] = [];
    const end = new AbortController();
    const callers = Array.from({ length: 64 }, async (_, caller) => {
      for (let n = 0; !end.signal.aborted; n += 1) {
        const { id, leafHash } = await log.append(auditBody(caller * 1_000_000 + n));
        written.push(`${id} ${leafHash}`);
      }
    });
    for (let kill = 0; kill < 8; kill += 1) {
      // In every other round the new thread may not even have begun.
      if (kill % 2 === 0) await grown(written, written.length + 100);
      await pause(kill * 13);
      await workers.at(-1)?.terminate();
    }
    end.abort();
    await Promise.all(callers);
    await log.close();

    const records = verifyChain(onlyStream(directory));
    const own = records.filter(({ event }) => event === 'e');
    expect(new Set(own.map(({ n }) => n)).size).toBe(own.length);
    expect(own).toHaveLength(written.length);
    const ids = new Set(own.map(({ id }) => String(id)));
    expect(written.filter((each) => !ids.has(each.split(' ')[0] ?? ''))).toEqual([]);
    expect(
      records.filter(({ event }) => event === 'audit_writer_restarted').length,
    ).toBeGreaterThan(3);
  });

  it('goes on though nothing is recorded at that moment', async () => {
    const workers = watchThreads();
    const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
    const log = new FileAuditLog(directory);
    await log.open();
    await log.append(auditBody(1));
    await workers[0]?.terminate();
    await log.append(auditBody(2));
    await log.close();
    expect(verifyChain(onlyStream(directory)).map(({ event, n }) => n ?? event)).toEqual([
      1,
      'audit_writer_restarted',
      2,
    ]);
  });

  it.each([0, 1, 5, 20])(
    'while it closes, %d ms in, still ends with a final checkpoint',
    async (ms) => {
      const workers = watchThreads();
      const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
      const log = new FileAuditLog(directory);
      await log.open();
      await log.append(auditBody(1));
      const closed = log.close();
      await pause(ms);
      await workers.at(-1)?.terminate();
      await closed;
      const { streams } = await verifyLog(directory, {});
      expect(streams).toMatchObject([{ closed: true }]);
    },
  );

  it('signs all the same', async () => {
    const workers = watchThreads();
    const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
    const log = new FileAuditLog(directory);
    await log.open();
    await log.append(auditBody(1));
    const signed = log.checkpoint();
    await workers.at(-1)?.terminate();
    expect(await signed).toContain('nestjs-security/audit/');
    await log.close();
  });

  it('and no other one can be started, says so, and goes on by itself once one can', async () => {
    const workers = watchThreads();
    const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
    const keyDirectory = `${directory}-keys`;
    const log = new FileAuditLog(directory, { keyDirectory });
    await log.open();
    await log.append(auditBody(1));
    renameSync(keyDirectory, `${keyDirectory}-away`);
    await workers.at(-1)?.terminate();
    await until(() => log.health().status === 'failing');
    expect(log.health().reasons).toEqual(['write-failed']);
    await expect(log.append(auditBody(2))).rejects.toMatchObject({ code: 'AUDIT_WRITE_FAILED' });
    renameSync(`${keyDirectory}-away`, keyDirectory);
    await until(() => log.health().status === 'ok' && log.health().lost === 0);
    await log.close();
    const gaps = verifyChain(onlyStream(directory)).filter(({ event }) => event === 'audit_gap');
    expect(gaps).toMatchObject([{ n: 1, details: { reason: 'write-failed' } }]);
  });
});

describe('When its thread cannot open the stream, the log', () => {
  it('does not start, and does not write in the main thread for good because of what is over soon', async () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
    const log = new FileAuditLog(directory);
    await log.open();
    await log.append(auditBody(1));
    await log.close();
    await reopened(directory);
    const obstacle = join(directory, 'keys', `${onlyStream(directory).name}.0.pem`);
    mkdirSync(obstacle);
    const workers = watchThreads();
    const opened = new FileAuditLog(directory).open();
    await until(() => workers.length === 1);
    workers[0]?.once('exit', () => rmSync(obstacle, { recursive: true }));
    await expect(opened).rejects.toMatchObject({ code: 'AUDIT_DIRECTORY_UNUSABLE' });
    await reopened(directory);
  });
});

async function reopened(directory: string): Promise<void> {
  const log = new FileAuditLog(directory);
  await log.open();
  expect(log.health().writer).toBe('thread');
  await log.close();
}
