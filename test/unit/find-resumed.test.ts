import { findResumed } from '../../lib/audit/log/writer/find-resumed.js';
import { withoutTold, type Loss } from '../../lib/audit/log/writer/gap.js';
import { ownRecordBody } from '../../lib/audit/log/writer/own-record.js';
import { listSegments } from '../../lib/audit/log/writer/segment-names.js';
import { WRITER_LIMITS } from '../../lib/audit/log/writer/writer-setup.js';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { auditBody, crashedLog, onlyStream } from '../support/crashed-log.js';

const loss = (lost: number, critical: number): Loss => ({
  reason: 'disk-full',
  lost,
  critical,
  since: 0,
  until: 0,
});

async function resumed(directory: string, bodies: readonly string[], from: number) {
  const { folder, name, lines } = onlyStream(directory);
  const setup = {
    stream: name,
    folder,
    keyFolder: '',
    genesis: '',
    limits: WRITER_LIMITS,
    findings: [],
    resume: { nextSeq: from, bodies },
  };
  return findResumed(setup, listSegments(folder), lines.length);
}

describe('What a writer that died had written', () => {
  it('is found though it skipped records, as on a full disk', async () => {
    const directory = await crashedLog(5);
    const bodies = [9, 3, 8, 4, 5, 7].map((n) => auditBody(n));
    const { places } = await resumed(directory, bodies, 2);
    expect([...places].map(([at, { seq }]) => [at, seq])).toEqual([
      [1, 2],
      [3, 3],
      [4, 4],
    ]);
  });

  it('is counted once where records are alike', async () => {
    const directory = await crashedLog(2);
    const bodies = [2, 2, 2].map((n) => auditBody(n));
    const { places } = await resumed(directory, bodies, 1);
    expect([...places.keys()]).toEqual([0]);
  });

  it('may tell of losses, which are not told again', async () => {
    const directory = await crashedLog(1);
    const log = new FileAuditLog(directory, { writer: 'inline', limits: { reserveBytes: 0 } });
    await log.open();
    const details = { reason: 'disk-full', lost: 7, critical: 2 };
    await log.append(ownRecordBody({ event: 'audit_gap', level: 'critical', details, n: 7 }));
    await log.close();
    const { told } = await resumed(directory, [auditBody(1)], 0);
    expect(told).toEqual([details]);
    expect(withoutTold([loss(5, 1), loss(4, 3)], told)).toEqual([loss(2, 2)]);
    expect(withoutTold([loss(7, 2)], told)).toEqual([]);
    expect(withoutTold([{ ...loss(7, 2), reason: 'queue-full' }], told)).toHaveLength(1);
  });

  it('tells of no losses in a record that only has the name of the event within', async () => {
    const directory = await crashedLog(1);
    const log = new FileAuditLog(directory, { writer: 'inline', limits: { reserveBytes: 0 } });
    await log.open();
    const details = '{"event":"audit_gap","reason":"disk-full","lost":7,"critical":2}';
    await log.append(`"time":"2026-11-23T00:00:00.000Z","event":"e","details":${details}}`);
    await log.close();
    expect((await resumed(directory, [auditBody(1)], 0)).told).toEqual([]);
  });
});
