import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import type { WriterLimits } from '../../lib/audit/log/writer/writer-setup.js';
import { readStreams, verifyChain, type StreamLines } from '../support/audit-chain.js';
import { auditBody, onlyStream } from '../support/crashed-log.js';
import { FaultySystem } from '../support/faulty-system.js';

const RETRY_MS = 300;

let directory: string;
let system: FaultySystem;
let log: FileAuditLog;

beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
  system = new FaultySystem();
  log = await start();
});
afterEach(() => {
  // What was lost has to be told before a log can be closed.
  system.room = Infinity;
  return log.close();
});

async function start(limits: Partial<WriterLimits> = {}): Promise<FileAuditLog> {
  const started = new FileAuditLog(directory, {
    writer: 'inline',
    system,
    limits: { reserveBytes: 64 * 1024, ...limits },
  });
  await started.open();
  return started;
}

const records = (): Record<string, unknown>[] => verifyChain(onlyStream(directory));
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, RETRY_MS));
const reservePath = (): string => join(onlyStream(directory).folder, 'reserve.bin');

describe('When the disk is full, the log', () => {
  it('refuses records, says so, and keeps no half of one', async () => {
    await log.append(auditBody(1));
    system.room = 100;
    await expect(log.append(auditBody(2))).rejects.toMatchObject({
      code: 'AUDIT_DISK_FULL',
      status: 503,
      retryAfterSeconds: 1,
    });
    expect(log.health()).toMatchObject({ status: 'degraded', reasons: ['disk-full'], lost: 1 });
    expect(records().map(({ n }) => n)).toEqual([1]);
  });

  it('goes on by itself when there is room again, and tells exactly what was lost', async () => {
    await log.append(auditBody(1));
    system.room = 0;
    await Promise.allSettled(Array.from({ length: 7 }, () => log.append(auditBody(2))));
    system.room = Infinity;
    await pause();
    await log.append(auditBody(3));
    const [, ...later] = records();
    expect(later.map(({ event, n }) => [event, n])).toContainEqual(['audit_gap', 7]);
    expect(later.find(({ event }) => event === 'audit_gap')).toMatchObject({
      level: 'critical',
      details: { reason: 'disk-full', lost: 7, critical: 0 },
    });
    expect(log.health()).toMatchObject({ status: 'ok', lost: 0 });
  });

  it('tells of the loss though no other record comes', async () => {
    system.room = 0;
    await log.append(auditBody(1)).catch(() => undefined);
    system.room = Infinity;
    await pause();
    await pause();
    expect(records()).toMatchObject([{ event: 'audit_gap', n: 1 }]);
  });

  it('writes what is critical into the room that it had kept', async () => {
    await log.append(auditBody(1));
    expect(existsSync(reservePath())).toBe(true);
    system.room = 0;
    const refused = log.append(auditBody(2));
    await expect(refused).rejects.toMatchObject({ code: 'AUDIT_DISK_FULL' });
    const rest = system.write.bind(system);
    system.write = (...call) => {
      if (!existsSync(reservePath())) system.room = 64 * 1024;
      return rest(...call);
    };
    const receipt = await log.append(auditBody(3), 'critical');
    expect(receipt.durability).toBe('fdatasync');
    expect(existsSync(reservePath())).toBe(false);
    expect(records().map(({ event, n }) => n ?? event)).toEqual([1, 3, 'audit_disk_reserve_spent']);
  });

  it('goes on without its reserve when something else has taken its place', async () => {
    rmSync(reservePath());
    mkdirSync(join(reservePath(), 'in the way'), { recursive: true });
    system.room = 0;
    await expect(log.append(auditBody(1), 'critical')).rejects.toMatchObject({
      code: 'AUDIT_DISK_FULL',
    });
    system.room = Infinity;
    await pause();
    await log.append(auditBody(2));
    expect(records().map(({ event }) => event)).toContain('audit_gap');
    expect(log.health()).toMatchObject({ status: 'ok', lost: 0 });
  });

  it('keeps the reserve from records that are not critical', async () => {
    system.room = 0;
    await log.append(auditBody(1), 'critical').catch(() => undefined);
    expect(log.health().status).toBe('failing');
    await expect(log.append(auditBody(2))).rejects.toMatchObject({ code: 'AUDIT_DISK_FULL' });
  });
});

describe('When a flush fails, the log', () => {
  it('never flushes that file again, and writes the batch into a new one', async () => {
    await log.append(auditBody(1));
    system.syncFails = 1;
    const receipt = await log.append(auditBody(2));
    await log.append(auditBody(3));
    expect(receipt.id).toMatch(/:1$/);
    const [failed] = system.failedFiles;
    const after = system.syncedFiles.slice(system.syncedFiles.lastIndexOf(failed ?? -1) + 1);
    expect(after).not.toContain(failed);
    expect(basename(onlyStream(directory).segment)).toBe('seg-0000000000000001.jsonl');
    expect(records().map(({ event, n }) => n ?? event)).toEqual([
      1,
      2,
      'audit_segment_abandoned',
      3,
    ]);
    expect(records()[2]).toMatchObject({
      details: { file: 'seg-0000000000000000.jsonl', reason: 'EIO' },
    });
  });

  it('leaves what it could not take off behind the border that it records', async () => {
    await log.append(auditBody(1));
    const border = readFileSync(onlyStream(directory).segment).length;
    system.syncFails = 1;
    system.isStuck = true;
    await log.append(auditBody(2));
    const [first = ''] = readFileSync(
      join(onlyStream(directory).folder, 'seg-0000000000000000.jsonl'),
      'utf8',
    ).split('\n');
    expect(Buffer.byteLength(first) + 1).toBe(border);
    const { segment } = onlyStream(directory);
    const last = readFileSync(segment, 'utf8').trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({
      event: 'audit_segment_abandoned',
      details: { size: border },
    });
  });

  it('refuses when no file is flushed, and goes on when one is', async () => {
    await log.append(auditBody(1));
    system.syncFails = 3;
    await expect(log.append(auditBody(2))).rejects.toMatchObject({ code: 'AUDIT_WRITE_FAILED' });
    expect(log.health()).toMatchObject({ status: 'failing', reasons: ['write-failed'] });
    await log.append(auditBody(3));
    expect(log.health().status).toBe('ok');
    const written = records();
    expect(written.map(({ n }) => n).filter((n) => n === 2)).toEqual([]);
    expect(written.find(({ event }) => event === 'audit_gap')).toMatchObject({ n: 1 });
  });
});

describe('When somebody touches its file, the log', () => {
  const removed = ({ segment }: StreamLines): void => unlinkSync(segment);
  const moved = ({ segment }: StreamLines): void => renameSync(segment, `${segment}.1`);
  const cut = ({ segment }: StreamLines): void => truncateSync(segment, 10);
  const copied = ({ segment }: StreamLines): void => {
    cpSync(segment, `${segment}.copy`);
    unlinkSync(segment);
    renameSync(`${segment}.copy`, segment);
  };
  const grown = ({ segment }: StreamLines): void => appendFileSync(segment, 'x\n');

  it.each([
    ['removed', removed, 'removed'],
    ['moved away', moved, 'removed'],
    ['cut', cut, 'cut'],
    ['replaced by a copy', copied, 'replaced'],
    ['appended to', grown, 'grown'],
  ])(
    'that was %s, sees it with the next batch and goes on in a new one',
    async (_, harm, reason) => {
      await log.append(auditBody(1));
      harm(onlyStream(directory));
      const receipt = await log.append(auditBody(2));
      expect(receipt.id).toMatch(/:1$/);
      const { folder } = onlyStream(directory);
      const lines = readFileSync(join(folder, 'seg-0000000000000001.jsonl'), 'utf8').split('\n');
      expect(lines.slice(0, -1).map((line) => JSON.parse(line) as unknown)).toMatchObject([
        { n: 2, seq: 1 },
        {
          event: 'audit_segment_changed',
          level: 'critical',
          details: { file: 'seg-0000000000000000.jsonl', reason },
        },
      ]);
      expect((await log.append(auditBody(3))).id).toMatch(/:3$/);
    },
  );

  it('does not mind that its whole folder goes', async () => {
    await log.append(auditBody(1));
    const { folder } = onlyStream(directory);
    rmSync(folder, { recursive: true });
    expect((await log.append(auditBody(2))).id).toMatch(/:1$/);
    expect(existsSync(join(folder, 'seg-0000000000000001.jsonl'))).toBe(true);
  });

  it('does not write into a file that somebody put in its way', async () => {
    await log.append(auditBody(1));
    const { folder, segment } = onlyStream(directory);
    const planted = join(folder, 'seg-0000000000000001.jsonl');
    writeFileSync(planted, 'planted\n');
    unlinkSync(segment);
    await log.append(auditBody(2));
    expect(readFileSync(planted, 'utf8')).not.toContain('planted');
  });
});

describe('A segment', () => {
  it('is followed by another when it is long enough, and the chain goes on', async () => {
    await log.close();
    log = await start({ segmentBytes: 2000 });
    for (let n = 1; n <= 30; n += 1) await log.append(auditBody(n));
    const [stream] = readStreams(directory);
    expect(records().map(({ n }) => n)).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 1),
    );
    expect(Number(/seg-(\d+)/.exec(stream?.segment ?? '')?.[1])).toBeGreaterThan(20);
  });
});
