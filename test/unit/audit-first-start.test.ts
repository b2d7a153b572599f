import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import { verifyChain } from '../support/audit-chain.js';
import { auditBody, crashedLog, onlyStream } from '../support/crashed-log.js';

const SCRIPT = resolve('build/test/support/watched-start.js');

/** What kills in the course of a start leave, at each moment. */
function momentsOf(directory: string): string[] {
  const copies = mkdtempSync(join(tmpdir(), 'audit-'));
  execFileSync(process.execPath, [SCRIPT, directory, copies]);
  const names = readdirSync(copies).toSorted();
  return names.map((name) => join(copies, name));
}

async function tampered(directory: string): Promise<string[]> {
  const { streams } = await verifyLog(directory, {});
  return streams.flatMap(({ problems }) =>
    problems.filter(({ grade }) => grade === 'tampered').map(({ kind }) => kind),
  );
}

async function startAgain(directory: string): Promise<string> {
  const log = new FileAuditLog(directory, { writer: 'inline', limits: { reserveBytes: 0 } });
  await log.open();
  const { id } = await log.append(auditBody(9));
  await log.close();
  return id;
}

describe('A log whose very first start is killed, at any moment,', () => {
  let moments: string[];
  beforeAll(() => {
    moments = momentsOf(join(mkdtempSync(join(tmpdir(), 'audit-')), 'log'));
  });

  it('does not look tampered with', async () => {
    expect(moments.length).toBeGreaterThan(20);
    for (const [index, moment] of moments.entries()) {
      expect([index, await tampered(moment)]).toEqual([index, []]);
    }
  });

  it('starts again', async () => {
    for (const moment of moments) {
      expect(await startAgain(moment)).toMatch(/^[01]-.*:0$/);
      expect(await tampered(moment)).toEqual([]);
    }
  });
});

describe('A log with a torn end whose start is killed, at any moment,', () => {
  const TORN = '{"v":1,"seq":3,"prev":"';
  let moments: string[];
  beforeAll(async () => {
    const directory = await crashedLog(3);
    appendFileSync(onlyStream(directory).segment, TORN);
    moments = momentsOf(directory);
  });

  it('does not look tampered with', async () => {
    expect(moments.length).toBeGreaterThan(20);
    for (const [index, moment] of moments.entries()) {
      expect([index, await tampered(moment)]).toEqual([index, []]);
    }
  });

  it('starts again, has all of its records, and tells of that end once', async () => {
    for (const [index, moment] of moments.entries()) {
      await startAgain(moment);
      const records = verifyChain(onlyStream(moment));
      const events = records.flatMap(({ event, n }) =>
        event === 'audit_unclean_stop' ? [] : [n ?? event],
      );
      expect([index, events]).toEqual([index, [1, 2, 3, 'audit_torn_tail', 9]]);
      expect([index, await tampered(moment)]).toEqual([index, []]);
    }
  });
});
