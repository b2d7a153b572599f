import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
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
    expect(
      [segment, join(folder, 'genesis.json'), join(directory, 'keys', `${name}.0.pem`)].map(mode),
    ).toEqual([0o600, 0o600, 0o600]);
  });

  it('gives the last records, those just written included', async () => {
    const log = await start();
    for (let n = 1; n < 5; n += 1) await log.append(body(n));
    const pending = log.append(body(5));
    expect((await log.tail(2)).map(({ n }) => n)).toEqual([4, 5]);
    await pending;
    expect(await log.tail(1000)).toHaveLength(5);
  });

  it('gives the last records of a log that is larger than one read', async () => {
    const log = await start();
    const long = body(1).replace('"e"', `"${'e'.repeat(3000)}"`);
    await Promise.all(Array.from({ length: 600 }, () => log.append(long)));
    expect((await log.tail(500)).map(({ seq }) => seq)).toEqual(
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
    const records = await log.tail(1);
    answered.abort();
    await Promise.all(pumps);
    expect(records).toHaveLength(1);
    expect(stop.aborted).toBe(false);
  });

  it.each<[string, (segment: string) => void]>([
    ['removed', (segment) => unlinkSync(segment)],
    ['cut', (segment) => truncateSync(segment, 0)],
    [
      'replaced',
      (segment) => {
        renameSync(segment, `${segment}.1`);
        writeFileSync(segment, '');
      },
    ],
  ])('acknowledges nothing more when its file was %s', async (_, harm) => {
    const log = await start();
    await log.append(body(1));
    harm(only().segment);
    const failed = { code: 'AUDIT_WRITE_FAILED', status: 503 };
    await expect(log.append(body(2))).rejects.toMatchObject(failed);
    await expect(log.append(body(3))).rejects.toMatchObject(failed);
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

  it('bounds the number of waiting records, however short', async () => {
    const log = await start();
    const results = await Promise.allSettled(
      Array.from({ length: 20_000 }, () => log.append(body(1))),
    );
    const kept = results.filter(({ status }) => status === 'fulfilled').length;
    expect(kept).toBeGreaterThan(10_000);
    expect(kept).toBeLessThan(17_000);
    expect(verifyChain(only())).toHaveLength(kept);
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
    expect(verifyChain(only())).toHaveLength(400 - refused.length);
  });
});

describe('after a crash', () => {
  it.each<[string, (line: string) => string]>([
    ['half a line', (line) => line.slice(0, line.length / 2)],
    ['a line without its LF', (line) => line],
    ['zeroes', () => '\0'.repeat(4096)],
    ['a line of zeroes with an LF', () => `${'\0'.repeat(100)}\n`],
    [
      'a line of another chain',
      (line) => `${line.replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${'0'.repeat(64)}"`)}\n`,
    ],
    ['half a line of 300 kB', (line) => line.padEnd(300_000, 'x')],
  ])('%s at the end is set aside, recorded, and the chain goes on', async (_, tornOf) => {
    const { segment, folder, lines } = await written(3);
    const torn = tornOf(lines[2] ?? '');
    appendFileSync(segment, torn);
    const log = new FileAuditLog(directory);
    open.push(log);
    const findings = await log.open();
    expect(findings).toMatchObject([
      { event: 'audit_torn_tail', details: { bytes: Buffer.byteLength(torn) } },
    ]);
    expect((await log.append(body(4))).id).toMatch(/:3$/);
    expect(verifyChain(only()).map(({ n }) => n)).toEqual([1, 2, 3, 4]);
    const [aside = ''] = readdirSync(folder).filter((name) => name.startsWith('torn-'));
    expect(readFileSync(join(folder, aside), 'utf8')).toBe(torn);
  });

  it('in the first record, begins anew', async () => {
    const { segment } = await written(1);
    truncateSync(segment, 40);
    const log = await start();
    await log.append(body(1));
    expect(verifyChain(only())).toHaveLength(1);
  });

  it('at every single byte of the last two records, keeps what is whole', async () => {
    const { segment, lines } = await written(4);
    const whole = readFileSync(segment);
    const border = Buffer.byteLength(`${lines.slice(0, 2).join('\n')}\n`);
    for (let size = border; size < whole.length; size += 13) {
      writeFileSync(segment, whole.subarray(0, size));
      const log = await start();
      await log.close();
      const kept = verifyChain(only()).length;
      expect(kept).toBe(whole.subarray(0, size).filter((byte) => byte === 0x0a).length);
    }
  });

  it('calls it critical when what is set aside holds a whole record', async () => {
    const { segment, lines } = await written(5);
    writeFileSync(segment, `${lines.join('\n').replace('"n":4', '"n":9')}\n`);
    const log = new FileAuditLog(directory);
    open.push(log);
    expect(await log.open()).toMatchObject([{ event: 'audit_torn_tail', level: 'critical' }]);
  });

  it('does not lose what follows a record that somebody changed', async () => {
    const { segment, lines } = await written(5);
    writeFileSync(segment, `${lines.join('\n').replace('"n":2', '"n":9')}\n`);
    await (await start()).append(body(6));
    expect(only().lines).toHaveLength(6);
    expect(() => verifyChain(only())).toThrow('record 2 does not continue the chain');
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

  it('whose records were removed says so, in words that stay', async () => {
    const { segment } = await written(3);
    unlinkSync(segment);
    const log = new FileAuditLog(directory);
    open.push(log);
    expect(await log.open()).toEqual([{ event: 'audit_segment_missing', level: 'critical' }]);
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
