import { jest } from '@jest/globals';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { LogTiles } from '../../lib/audit/log/log-tiles.js';
import { ownRecordBody } from '../../lib/audit/log/writer/own-record.js';
import { auditBody, onlyStream } from '../support/crashed-log.js';

const segmentsIn = (folder: string): string[] =>
  readdirSync(folder).filter((file) => file.startsWith('seg-'));

/** The first segment each time the disk was told to keep the folder. */
const flushed: string[] = [];
const durable = await import('../../lib/keyring/durable-file.js');
jest.unstable_mockModule('../../lib/keyring/durable-file.js', () => ({
  ...durable,
  async syncFolder(folder: string) {
    await durable.syncFolder(folder);
    flushed.push(segmentsIn(folder).toSorted()[0] ?? '');
  },
}));
const { pruneSegments } = await import('../../lib/audit/log/retention/retention.js');

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
