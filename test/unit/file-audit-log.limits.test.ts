import { existsSync, fstatSync, mkdtempSync, readFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { parseLogCheckpoint } from '../../lib/audit/log/note/log-checkpoint.js';
import { parseNote } from '../../lib/audit/log/note/signed-note.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import { verifyChain } from '../support/audit-chain.js';
import { auditBody, onlyStream } from '../support/crashed-log.js';
import { FaultySystem } from '../support/faulty-system.js';

let directory: string;
let system: FaultySystem;
let write: FaultySystem['write'];
let log: FileAuditLog;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
  system = new FaultySystem();
  write = system.write.bind(system);
});
afterEach(() => log.close().catch(() => undefined));

async function start(reserveBytes = 8192): Promise<FileAuditLog> {
  log = new FileAuditLog(directory, { writer: 'inline', system, limits: { reserveBytes } });
  await log.open();
  return log;
}

const records = (): Record<string, unknown>[] => verifyChain(onlyStream(directory));
const reservePath = (): string => join(onlyStream(directory).folder, 'reserve.bin');

const EDQUOT = -constants.errno.EDQUOT;

describe('When a quota is used up, the log', () => {
  // As Node raises it in some functions and in others: libuv has no name for it.
  it.each(['UNKNOWN', `Unknown system error ${EDQUOT}`])(
    '(%s) does as on a full disk: refuses records, and writes critical ones into the room that it had kept',
    async (code) => {
      await (await start()).append(auditBody(1));
      system.write = (...call) => {
        if (existsSync(reservePath()))
          throw Object.assign(new Error('quota'), { errno: EDQUOT, code });
        return write(...call);
      };
      await expect(log.append(auditBody(2))).rejects.toMatchObject({ code: 'AUDIT_DISK_FULL' });
      expect((await log.append(auditBody(3), 'critical')).durability).toBe('fdatasync');
      expect(records().map(({ event, n }) => n ?? event)).toEqual([
        1,
        3,
        'audit_disk_reserve_spent',
      ]);
    },
  );
});

describe('Where files may be no longer than so much, the log', () => {
  it('goes on in another segment: there is room, but not in this one', async () => {
    system.write = (fd, ...call) => {
      if (fstatSync(fd).size > 1000) throw Object.assign(new Error('long'), { code: 'EFBIG' });
      return write(fd, ...call);
    };
    await start();
    for (let n = 1; n <= 12; n += 1) await log.append(auditBody(n));
    await log.close();
    const written = records();
    expect(written.flatMap(({ event, n }) => (event === 'e' ? [n] : []))).toHaveLength(12);
    expect(written.find(({ event }) => event === 'audit_segment_abandoned')).toMatchObject({
      details: { reason: 'EFBIG' },
    });
    const { streams } = await verifyLog(directory, {});
    expect(streams.flatMap(({ problems }) => problems).map(({ grade }) => grade)).not.toContain(
      'tampered',
    );
  });
});

describe('A log that is closed before it could tell what it had lost', () => {
  const isClosed = (): boolean => {
    const note = parseNote(readFileSync(join(onlyStream(directory).folder, 'checkpoint'), 'utf8'));
    return parseLogCheckpoint(note?.text ?? '')?.closed === true;
  };

  it.each([
    ['a flush', 'AUDIT_WRITE_FAILED', () => (system.syncFails = Infinity)],
    ['a full disk', 'AUDIT_DISK_FULL', () => (system.room = 0)],
  ])('by %s, says so, and does not sign that it ended in order', async (_, code, fail) => {
    await (await start(0)).append(auditBody(1));
    fail();
    await expect(log.append(auditBody(2))).rejects.toMatchObject({ code });
    await expect(log.close()).rejects.toMatchObject({ code });
    expect(isClosed()).toBe(false);
    system = new FaultySystem();
    await (await start(0)).close();
    expect(records().map(({ event, n }) => n ?? event)).toEqual([1, 'audit_unclean_stop']);
  });

  it('tells it in the room that was kept', async () => {
    await (await start()).append(auditBody(1));
    system.write = (...call) => {
      system.room = existsSync(reservePath()) ? 0 : Infinity;
      return write(...call);
    };
    await expect(log.append(auditBody(2))).rejects.toMatchObject({ code: 'AUDIT_DISK_FULL' });
    await log.close();
    expect(isClosed()).toBe(true);
    expect(records().map(({ event, n }) => [event, n])).toEqual([
      ['e', 1],
      ['audit_disk_reserve_spent', undefined],
      ['audit_gap', 1],
    ]);
  });
});
