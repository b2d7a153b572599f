import { jest } from '@jest/globals';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import { auditBody, onlyStream } from '../support/crashed-log.js';

const HOUR = 60 * 60 * 1000;

describe('A segment', () => {
  it.each([
    ['is over after a day', 25 * HOUR, 2],
    ['goes on after less', 23 * HOUR, 1],
    ['is over where the clock is set back by more than a day', -25 * HOUR, 2],
    ['goes on where it is set back by less', -23 * HOUR, 1],
  ])('%s', async (_, step, segments) => {
    const now = jest.spyOn(Date, 'now');
    try {
      const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
      const log = new FileAuditLog(directory, { writer: 'inline', limits: { reserveBytes: 0 } });
      await log.open();
      const began = Date.now();
      now.mockImplementation(() => began);
      await log.append(auditBody(0));
      now.mockImplementation(() => began + step);
      await log.append(auditBody(1));
      await log.close();
      const files = readdirSync(onlyStream(directory).folder);
      expect(files.filter((file) => file.startsWith('seg-'))).toHaveLength(segments);
      const { streams } = await verifyLog(directory, { parallel: 0 });
      expect(streams).toMatchObject([{ records: 2, signed: 2, status: 'incomplete' }]);
    } finally {
      now.mockRestore();
    }
  });
});
