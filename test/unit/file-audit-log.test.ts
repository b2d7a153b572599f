import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import type { EventLevel } from '../../lib/events/vocabulary.js';
import { readStreams, verifyChain, type StreamLines } from '../support/audit-chain.js';

const body = (n: number): string => `"time":"2026-11-23T00:00:00.000Z","event":"e","n":${n}}`;

let directory: string;
let open: FileAuditLog[];

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((log) => log.close()));
});

async function start(): Promise<FileAuditLog> {
  const log = new FileAuditLog(directory);
  open.push(log);
  await log.open();
  return log;
}

/** Writes so many records and closes the log. */
async function written(count: number): Promise<StreamLines> {
  const log = await start();
  for (let n = 1; n <= count; n += 1) await log.append(body(n));
  await log.close();
  return only();
}

function only(): StreamLines {
  const [stream, ...others] = readStreams(directory);
  if (!stream || others.length > 0) throw new Error('one stream was expected');
  return stream;
}

describe('FileAuditLog', () => {
  it('chains its records from the first public key on', async () => {
    const log = await start();
    const receipts = [
      await log.append(body(1)),
      await log.append(body(2)),
      await log.append(body(3)),
    ];
    const records = verifyChain(only());
    expect(records.map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(receipts.map(({ id }) => id)).toEqual(records.map(({ id }) => id));
    expect(receipts[0]?.leafHash).toBe(records[1]?.['prev']);
    expect(receipts[0]?.durability).toBe('fdatasync');
  });

  it('has a record on the disk before it is acknowledged', async () => {
    const log = await start();
    for (let n = 1; n <= 5; n += 1) {
      await log.append(body(n));
      expect(only().lines).toHaveLength(n);
    }
  });

  it('keeps order and chain under many callers', async () => {
    const log = await start();
    await Promise.all(Array.from({ length: 2000 }, (_, index) => log.append(body(index + 1))));
    expect(verifyChain(only()).map(({ n }) => n)).toEqual(
      Array.from({ length: 2000 }, (_, index) => index + 1),
    );
  });

  it('continues after a restart', async () => {
    await written(3);
    const log = await start();
    expect((await log.append(body(4))).id).toMatch(/:3$/);
    expect(verifyChain(only())).toHaveLength(4);
  });

  it('makes folders and files that others cannot read', async () => {
    const { folder, name, segment } = await written(1);
    const mode = (path: string): number => statSync(path).mode & 0o777;
    expect([directory, folder, join(directory, 'keys')].map(mode)).toEqual([0o700, 0o700, 0o700]);
    const inFolder = readdirSync(folder).map((file) => join(folder, file));
    const keys = readdirSync(join(directory, 'keys')).map((file) => join(directory, 'keys', file));
    expect(inFolder).toContain(segment);
    expect(keys).toContain(join(directory, 'keys', `${name}.0.pem`));
    expect([...new Set([...inFolder, ...keys].map(mode))]).toEqual([0o600]);
  });

  it('gives the last records, those just written included', async () => {
    const log = await start();
    for (let n = 1; n < 5; n += 1) await log.append(body(n));
    const pending = log.append(body(5));
    expect((await log.query({ limit: 2 }, () => [])).map(({ n }) => n)).toEqual([4, 5]);
    await pending;
    expect(await log.query({ limit: 1000 }, () => [])).toHaveLength(5);
  });

  it('gives the last records of a log that is larger than one read', async () => {
    const log = await start();
    const long = body(1).replace('"e"', `"${'e'.repeat(3000)}"`);
    await Promise.all(Array.from({ length: 600 }, () => log.append(long)));
    expect((await log.query({ limit: 500 }, () => [])).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 500 }, (_, index) => index + 100),
    );
  });

  it('gives the last records while others keep coming', async () => {
    const log = await start();
    const stop = AbortSignal.timeout(5000);
    const answered = new AbortController();
    const either = AbortSignal.any([stop, answered.signal]);
    const pumps = Array.from({ length: 4 }, async () => {
      while (!either.aborted) await log.append(body(1));
    });
    const records = await log.query({ limit: 1 }, () => []);
    answered.abort();
    await Promise.all(pumps);
    expect(records).toHaveLength(1);
    expect(stop.aborted).toBe(false);
  });

  it('refuses records when it is closed, and before it is open', async () => {
    const log = new FileAuditLog(directory);
    await expect(log.append(body(1))).rejects.toMatchObject({ code: 'AUDIT_CLOSED', status: 503 });
    await log.open();
    const last = log.append(body(1));
    await log.close();
    expect((await last).id).toMatch(/:0$/);
    await expect(log.append(body(2))).rejects.toMatchObject({ code: 'AUDIT_CLOSED' });
  });

  it('takes no stream any more once it is closed', async () => {
    const log = new FileAuditLog(directory);
    await log.close();
    await expect(log.open()).rejects.toMatchObject({ code: 'AUDIT_CLOSED', status: 503 });
    expect(existsSync(directory)).toBe(false);
  });

  it('is closed once, however often it is asked, and each who asked waits for that', async () => {
    const log = await start();
    const last = log.append(body(1));
    await Promise.race([log.close(), log.close()]);
    expect((await last).id).toMatch(/:0$/);
    // Only what is let go of can be taken again.
    expect((await (await start()).append(body(2))).id).toMatch(/^0-.*:1$/);
  });

  it('bounds the number of waiting records, however short', async () => {
    const log = await start();
    const results = await Promise.allSettled(
      Array.from({ length: 20_000 }, () => log.append(body(1))),
    );
    const kept = results.filter(({ status }) => status === 'fulfilled').length;
    expect(kept).toBeGreaterThan(10_000);
    expect(kept).toBeLessThan(17_000);
    await log.close();
    const records = verifyChain(only());
    const gap = records.find(({ event }) => event === 'audit_gap');
    expect(gap).toMatchObject({ level: 'critical', n: 20_000 - kept });
    expect(records).toHaveLength(kept + 1);
  });

  it('refuses more than 16 MiB of waiting records', async () => {
    const log = await start();
    const large = `"x":"${'x'.repeat(60_000)}"}`;
    const results = await Promise.allSettled(Array.from({ length: 400 }, () => log.append(large)));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(
      refused.every(
        ({ reason }: { reason?: { code?: string } }) => reason?.code === 'AUDIT_QUEUE_FULL',
      ),
    ).toBe(true);
    await log.close();
    expect(verifyChain(only())).toHaveLength(400 - refused.length + 1);
  });

  it('tells before it refuses, and is failing when not even a critical record has room', async () => {
    const log = await start();
    const large = `"x":"${'x'.repeat(60_000)}"}`;
    const appended: Promise<unknown>[] = [];
    const fill = (level: EventLevel): void => {
      while (log.hasRoomFor(level)) appended.push(log.append(large, level));
    };
    fill('info');
    expect([log.hasRoomFor('critical'), log.health().status]).toEqual([true, 'ok']);
    fill('critical');
    expect(log.health()).toMatchObject({ status: 'failing', reasons: ['queue-full'] });
    await Promise.all(appended);
    expect([log.hasRoomFor('info'), log.health().status]).toEqual([true, 'ok']);
  });
});

describe('a damaged log', () => {
  it('whose lines belong to another stream stops the start and is left as it is', async () => {
    const { segment } = await written(2);
    writeFileSync(segment, '{"v":1}\n{"v":1}\n');
    await expect(new FileAuditLog(directory).open()).rejects.toMatchObject({
      code: 'AUDIT_LOG_DAMAGED',
    });
    expect(readFileSync(segment, 'utf8')).toBe('{"v":1}\n{"v":1}\n');
  });

  it.each<[string, (stream: StreamLines) => void]>([
    ['records were removed', ({ segment }) => unlinkSync(segment)],
    ['end was cut off', ({ segment, lines }) => writeFileSync(segment, `${lines[0]}\n`)],
    ['checkpoint was removed', ({ folder }) => unlinkSync(join(folder, 'checkpoint'))],
    ['checkpoint was emptied', ({ folder }) => writeFileSync(join(folder, 'checkpoint'), '')],
  ])('whose %s stops the start', async (_, harm) => {
    harm(await written(3));
    await expect(new FileAuditLog(directory).open()).rejects.toMatchObject({
      code: 'AUDIT_LOG_DAMAGED',
    });
  });

  it('whose key is gone stops the start, and says what continues it', async () => {
    await written(3);
    rmSync(join(directory, 'keys'), { recursive: true });
    await expect(new FileAuditLog(directory).open()).rejects.toMatchObject({
      code: 'AUDIT_EPOCH_KEY_LOST',
      message: expect.stringContaining('audit reseed') as unknown,
    });
  });

  it('that was taken away is recorded in the one that takes its place', async () => {
    const { folder, name } = await written(3);
    renameSync(folder, `${directory}.away`);
    await start();
    expect(verifyChain(only())).toMatchObject([
      { event: 'audit_stream_missing', level: 'critical', details: { stream: name } },
    ]);
  });

  it('that lost its beginning stops the start', async () => {
    const { folder } = await written(2);
    unlinkSync(join(folder, 'genesis.json'));
    await expect(new FileAuditLog(directory).open()).rejects.toMatchObject({
      code: 'AUDIT_LOG_DAMAGED',
    });
  });

  it('leaves the stream to be taken when the start failed', async () => {
    const { folder } = await written(2);
    const genesis = join(folder, 'genesis.json');
    const kept = readFileSync(genesis);
    writeFileSync(genesis, 'x');
    await expect(new FileAuditLog(directory).open()).rejects.toThrow('cannot be read');
    writeFileSync(genesis, kept);
    await start();
    expect(readStreams(directory)).toHaveLength(1);
  });

  it('is a clear error when its place is a file', async () => {
    writeFileSync(directory, '');
    await expect(new FileAuditLog(directory).open()).rejects.toThrow(
      /audit\.directory cannot be used \(E(EXIST|NOTDIR)\)/,
    );
    expect(existsSync(directory)).toBe(true);
  });
});

describe('several processes', () => {
  it('write a stream each, and the first free one is taken again', async () => {
    const [first, second] = [await start(), await start()];
    const ids = [(await first.append(body(1))).id, (await second.append(body(1))).id];
    expect(ids.map((id) => id.slice(0, 2))).toEqual(['0-', '1-']);
    await first.close();
    const third = await start();
    expect((await third.append(body(2))).id).toBe(ids[0]?.replace(/:0$/, ':1'));
    expect(readStreams(directory).map((stream) => verifyChain(stream).length)).toEqual([2, 1]);
  });

  it('each get a stream when they begin a log at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
      await Promise.all(Array.from({ length: 8 }, () => start()));
      expect(readdirSync(directory)).toHaveLength(8 + 1);
    }
  });
});
