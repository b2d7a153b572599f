import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { verifyChain } from '../support/audit-chain.js';
import { auditBody, crashedLog, onlyStream } from '../support/crashed-log.js';

let open: FileAuditLog[];
beforeEach(() => void (open = []));
afterEach(async () => {
  await Promise.all(open.map((log) => log.close()));
});

async function restart(directory: string): Promise<FileAuditLog> {
  const log = new FileAuditLog(directory, { writer: 'inline', limits: { reserveBytes: 0 } });
  open.push(log);
  await log.open();
  return log;
}

const eventsOf = (directory: string): unknown[] =>
  verifyChain(onlyStream(directory)).map(({ event }) => event);

describe('After a crash, the log', () => {
  it('says that it was not closed, and how many records no checkpoint covers', async () => {
    const directory = await crashedLog(3);
    await restart(directory);
    expect(verifyChain(onlyStream(directory)).slice(3)).toMatchObject([
      { event: 'audit_unclean_stop', level: 'warn', details: { recordsAfterCheckpoint: 3 } },
    ]);
  });

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
  ])('sets %s at the end aside, records it, and goes on', async (_, tornOf) => {
    const directory = await crashedLog(3);
    const { segment, folder, lines } = onlyStream(directory);
    const torn = tornOf(lines[2] ?? '');
    appendFileSync(segment, torn);
    const log = await restart(directory);
    await log.append(auditBody(4));
    const records = verifyChain(onlyStream(directory));
    expect(records.map(({ event, n }) => n ?? event)).toEqual([
      1,
      2,
      3,
      'audit_torn_tail',
      'audit_unclean_stop',
      4,
    ]);
    expect(records[3]).toMatchObject({ details: { bytes: Buffer.byteLength(torn) } });
    const [aside = ''] = readdirSync(folder).filter((name) => name.startsWith('torn-'));
    expect(readFileSync(join(folder, aside), 'utf8')).toBe(torn);
  });

  it('begins anew when the first record was cut short', async () => {
    const directory = await crashedLog(1);
    truncateSync(onlyStream(directory).segment, 40);
    await restart(directory);
    expect(eventsOf(directory)).toEqual(['audit_torn_tail']);
  });

  it('keeps what is whole, cut at any byte of the last two records', async () => {
    const crashed = await crashedLog(4);
    const { segment, lines, name } = onlyStream(crashed);
    const whole = readFileSync(segment);
    const border = Buffer.byteLength(`${lines.slice(0, 2).join('\n')}\n`);
    for (let size = border; size < whole.length; size += 13) {
      const directory = `${crashed}-${size}`;
      cpSync(crashed, directory, { recursive: true });
      writeFileSync(
        segment.replace(join(crashed, name), join(directory, name)),
        whole.subarray(0, size),
      );
      await restart(directory);
      const kept = eventsOf(directory).filter((event) => event === 'e').length;
      expect(kept).toBe(whole.subarray(0, size).filter((byte) => byte === 0x0a).length);
    }
  });

  it('calls it critical when what is set aside holds a whole record', async () => {
    const directory = await crashedLog(5);
    const { segment, lines } = onlyStream(directory);
    writeFileSync(segment, `${lines.join('\n').replace('"n":4', '"n":9')}\n`);
    await restart(directory);
    expect(verifyChain(onlyStream(directory))[4]).toMatchObject({
      event: 'audit_torn_tail',
      level: 'critical',
    });
  });

  it('does not lose what follows a record that somebody changed', async () => {
    const directory = await crashedLog(5);
    const { segment, lines } = onlyStream(directory);
    writeFileSync(segment, `${lines.join('\n').replace('"n":2', '"n":9')}\n`);
    await (await restart(directory)).append(auditBody(6));
    expect(onlyStream(directory).lines).toHaveLength(7);
    expect(() => verifyChain(onlyStream(directory))).toThrow(
      'record 2 does not continue the chain',
    );
  });

  it('finds its end in a segment that was just begun', async () => {
    const directory = await crashedLog(3);
    writeFileSync(join(onlyStream(directory).folder, 'seg-0000000000000003.jsonl'), '');
    await (await restart(directory)).append(auditBody(4));
    expect(eventsOf(directory)).toEqual(['e', 'e', 'e', 'audit_unclean_stop', 'e']);
  });
});
