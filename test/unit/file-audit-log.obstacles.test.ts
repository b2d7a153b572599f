import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { lockStream } from '../../lib/audit/log/stream-lock.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import { readStreams, verifyChain } from '../support/audit-chain.js';
import { auditBody, crashedLog, onlyStream } from '../support/crashed-log.js';
import { FaultySystem } from '../support/faulty-system.js';

let open: FileAuditLog[];
beforeEach(() => void (open = []));
afterEach(async () => {
  await Promise.all(open.map((log) => log.close()));
});

async function start(directory: string, system = new FaultySystem()): Promise<FileAuditLog> {
  const limits = { reserveBytes: 8192 };
  const log = new FileAuditLog(directory, { writer: 'inline', system, limits });
  open.push(log);
  await log.open();
  return log;
}

const newDirectory = (): string => join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
const tornFiles = (folder: string): string[] =>
  readdirSync(folder).filter((file) => file.startsWith('torn-'));

async function tampered(directory: string): Promise<unknown[]> {
  const { streams } = await verifyLog(directory, {});
  return streams.flatMap(({ problems }) => problems.filter(({ grade }) => grade === 'tampered'));
}

const lastEvents = (directory: string): unknown[] => {
  const [{ segment } = { segment: '' }] = readStreams(directory, { torn: 'left-out' });
  const lines = readFileSync(segment, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { event: unknown }).event);
};

describe('While no flush succeeds, the log', () => {
  it('leaves neither a file behind for each attempt nor a record', async () => {
    const directory = newDirectory();
    const system = new FaultySystem();
    const log = await start(directory, system);
    await log.append(auditBody(1));
    system.syncFails = Infinity;
    for (let n = 0; n < 20; n += 1) await log.append(auditBody(2)).catch(() => undefined);
    system.syncFails = 0;
    await log.append(auditBody(3));
    const { folder } = onlyStream(directory);
    expect(tornFiles(folder)).toEqual([]);
    const records = verifyChain(onlyStream(directory));
    expect(records.map(({ event, n }) => n ?? event)).toEqual([
      1,
      3,
      'audit_segment_abandoned',
      20,
    ]);
    expect(await tampered(directory)).toEqual([]);
  });

  it('blames nobody else for what its own attempts have left', async () => {
    const directory = newDirectory();
    const system = new FaultySystem();
    const log = await start(directory, system);
    await log.append(auditBody(1));
    system.syncFails = 3;
    await log.append(auditBody(2)).catch(() => undefined);
    await log.append(auditBody(3));
    const events = verifyChain(onlyStream(directory)).map(({ event }) => event);
    expect(events).not.toContain('audit_segment_changed');
  });
});

describe.each(['thread', 'inline'] as const)('A %s that cannot sign the log', (writer) => {
  it('says so as it does for records, and lets go of the stream when it is closed', async () => {
    const directory = newDirectory();
    const limits = { reserveBytes: 0, checkpointMs: 1e9, heartbeatMs: 1e9 };
    const log = new FileAuditLog(directory, { writer, limits });
    await log.open();
    await log.append(auditBody(1));
    const { folder } = onlyStream(directory);
    rmSync(join(folder, 'checkpoint'));
    mkdirSync(join(folder, 'checkpoint', 'in the way'), { recursive: true });
    const failed = { name: 'AuditError', code: 'AUDIT_WRITE_FAILED', status: 503 };
    await expect(log.checkpoint()).rejects.toMatchObject(failed);
    await expect(log.close()).rejects.toMatchObject(failed);
    const lock = await lockStream(folder);
    expect(lock).toBeDefined();
    await lock?.release();
  });

  it('lets go of the stream though what comes after the writing fails', async () => {
    const directory = newDirectory();
    const log = new FileAuditLog(directory, { writer });
    const watcher = {
      beforeWriting: () => Promise.resolve(),
      onCheckpoint: () => undefined,
      onDurable: () => undefined,
      afterWriting: () => Promise.reject(new Error('after')),
    };
    await log.open(watcher);
    await log.append(auditBody(1));
    await expect(log.close()).rejects.toThrow('after');
    const lock = await lockStream(onlyStream(directory).folder);
    expect(lock).toBeDefined();
    await lock?.release();
  });
});

describe('A start', () => {
  it('does without its reserve where something else has the name', async () => {
    const directory = await crashedLog(1);
    mkdirSync(join(onlyStream(directory).folder, 'reserve.bin'));
    const log = await start(directory);
    expect((await log.append(auditBody(2))).durability).toBe('fdatasync');
  });

  it('goes on in another segment where a torn end cannot be set aside', async () => {
    const directory = await crashedLog(3);
    const { segment, folder } = onlyStream(directory);
    appendFileSync(segment, '{"v":1');
    const sha256 = createHash('sha256').update('{"v":1').digest('hex');
    mkdirSync(join(folder, `torn-3-${sha256.slice(0, 16)}.bin`));
    const log = await start(directory);
    await log.append(auditBody(4));
    await log.close();
    expect(lastEvents(directory)).toEqual(['audit_segment_abandoned', 'audit_unclean_stop', 'e']);
    expect(await tampered(directory)).toEqual([]);
  });

  it('neither reads nor copies an end that no crash leaves', async () => {
    const directory = await crashedLog(3);
    const { segment, folder } = onlyStream(directory);
    const { size } = statSync(segment);
    truncateSync(segment, size + 16 * 1024 * 1024);
    const log = await start(directory);
    await log.append(auditBody(4));
    await log.close();
    expect(tornFiles(folder)).toEqual([]);
    expect(lastEvents(directory)).toEqual(['audit_segment_abandoned', 'audit_unclean_stop', 'e']);
    expect(await tampered(directory)).toEqual([]);
  });

  it('tells of what an abandoned segment holds though the next one has no record yet', async () => {
    const directory = await crashedLog(3);
    const { segment, folder } = onlyStream(directory);
    appendFileSync(segment, '{"v":1');
    writeFileSync(join(folder, 'seg-0000000000000003.jsonl'), '{"v":1,"seq":3');
    const log = await start(directory);
    await log.append(auditBody(4));
    await log.close();
    expect(verifyChain(onlyStream(directory)).map(({ event }) => event)).toContain(
      'audit_torn_tail',
    );
    expect(tornFiles(folder)).toHaveLength(2);
    expect(await tampered(directory)).toEqual([]);
  });

  it('is refused where a stream was emptied, for its keys say that it had begun', async () => {
    const directory = newDirectory();
    const log = await start(directory);
    await log.append(auditBody(1));
    await log.close();
    const { folder } = onlyStream(directory);
    for (const file of readdirSync(folder)) rmSync(join(folder, file));
    await expect(start(directory)).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
  });

  it('leaves a file of statements alone that ends with anything else', async () => {
    const directory = newDirectory();
    const log = await start(directory);
    await log.append(auditBody(1));
    await log.close();
    await (await start(directory)).close();
    const notes = join(onlyStream(directory).folder, 'epochs.notes');
    for (const length of [5000, 70_000]) {
      const before = readFileSync(notes);
      expect(before.length).toBeGreaterThan(100);
      const harmed = Buffer.concat([before, Buffer.alloc(length, 'x')]);
      writeFileSync(notes, harmed);
      await expect(start(directory)).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
      expect(readFileSync(notes)).toEqual(harmed);
      writeFileSync(notes, before);
    }
    expect(await (await start(directory)).append(auditBody(2))).toBeDefined();
  });

  it('need not read the whole log after a crash between a statement and the cache', async () => {
    const directory = await crashedLog(3);
    await (await start(directory)).close();
    const { folder, segment } = onlyStream(directory);
    const cache = readFileSync(join(folder, 'frontier.json'));
    await (await start(directory)).append(auditBody(4));
    await open.at(-1)?.close();
    writeFileSync(join(folder, 'frontier.json'), cache);
    // Were it read, this would stop the start; verifying it is for whoever asks.
    const text = readFileSync(segment, 'utf8');
    writeFileSync(segment, text.replace('"n":1}', '"n":7}'));
    const log = await start(directory);
    expect(await log.append(auditBody(5))).toBeDefined();
    expect(await tampered(directory)).not.toEqual([]);
  });
});
