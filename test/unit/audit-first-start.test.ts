import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import { auditBody } from '../support/crashed-log.js';

const SCRIPT = resolve('build/test/support/watched-start.js');

let moments: string[];

beforeAll(() => {
  const root = mkdtempSync(join(tmpdir(), 'audit-'));
  const copies = join(root, 'copies');
  mkdirSync(copies);
  execFileSync(process.execPath, [SCRIPT, join(root, 'log'), copies]);
  moments = readdirSync(copies)
    .toSorted()
    .map((name) => join(copies, name));
});

async function tampered(directory: string): Promise<string[]> {
  const { streams } = await verifyLog(directory, {});
  return streams.flatMap(({ problems }) =>
    problems.filter(({ grade }) => grade === 'tampered').map(({ kind }) => kind),
  );
}

describe('A log whose very first start is killed, at any moment,', () => {
  it('does not look tampered with', async () => {
    expect(moments.length).toBeGreaterThan(20);
    for (const [index, moment] of moments.entries()) {
      expect([index, await tampered(moment)]).toEqual([index, []]);
    }
  });

  it('starts again', async () => {
    for (const moment of moments) {
      const log = new FileAuditLog(moment, { writer: 'inline', limits: { reserveBytes: 0 } });
      await log.open();
      const { id } = await log.append(auditBody(1));
      expect(id).toMatch(/^[01]-.*:0$/);
      await log.close();
      expect(await tampered(moment)).toEqual([]);
    }
  });
});
