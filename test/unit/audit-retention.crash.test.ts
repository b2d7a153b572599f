import { jest } from '@jest/globals';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const segmentsIn = (folder: string): string[] =>
  readdirSync(folder).filter((file) => file.startsWith('seg-'));

/** The first segment each time the disk was told to keep the stream's folder, and what other folders it was. */
const flushed: string[] = [];
const durable = await import('../../lib/keyring/durable-file.js');
jest.unstable_mockModule('../../lib/keyring/durable-file.js', () => ({
  ...durable,
  async syncFolder(folder: string) {
    await durable.syncFolder(folder);
    flushed.push(segmentsIn(folder).toSorted()[0] ?? basename(folder));
  },
}));
const { FileAuditLog } = await import('../../lib/audit/log/file-audit-log.js');
const { LogTiles } = await import('../../lib/audit/log/log-tiles.js');
const { auditBody, onlyStream } = await import('../support/crashed-log.js');
const { ownRecordBody } = await import('../../lib/audit/log/writer/own-record.js');
const { pruneSegments } = await import('../../lib/audit/log/retention/retention.js');

it('No segment goes before the disk knows the tiles that a process which was killed has left', async () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
  const log = new FileAuditLog(directory, { writer: 'inline', limits: { reserveBytes: 0 } });
  await log.open();
  for (let n = 0; n < 300; n += 1) await log.append(auditBody(n));
  const { folder } = onlyStream(directory);
  await new LogTiles(folder).upTo(300);
  flushed.length = 0;
  await new LogTiles(folder).upTo(300);
  await log.close();
  expect(flushed).toEqual(expect.arrayContaining(['001.p', '0', 'tile']));
});

it('No segment goes before the disk knows that the one before it is gone', async () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
  const limits = { segmentBytes: 2000, reserveBytes: 0 };
  const log = new FileAuditLog(directory, { writer: 'inline', limits });
  await log.open();
  for (let n = 0; n < 50; n += 1) await log.append(auditBody(n));
  const { folder } = onlyStream(directory);
  const before = segmentsIn(folder).toSorted();
  flushed.length = 0;
  await pruneSegments({
    folder,
    tiles: new LogTiles(folder),
    options: { days: 0 },
    floor: () => 50,
    record: (record) => log.append(ownRecordBody(record)),
  });
  await log.close();
  const left = segmentsIn(folder).toSorted()[0] ?? '';
  const through = before.indexOf(left);
  expect(through).toBeGreaterThan(2);
  expect(flushed.filter((file) => before.indexOf(file) > 0)).toEqual(before.slice(1, through + 1));
});
