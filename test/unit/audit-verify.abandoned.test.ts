import { cpSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import type { SegmentSystem } from '../../lib/audit/log/writer/segment-file.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import { auditBody, onlyStream } from '../support/crashed-log.js';
import { FaultySystem } from '../support/faulty-system.js';

let root: string;
let directory: string;
let system: WatchedSystem;
let log: FileAuditLog;

/** Keeps the log as a reader would find it before each call of the system, and after it. */
class WatchedSystem extends FaultySystem implements SegmentSystem {
  readonly moments: string[] = [];
  isWatching = false;

  override write(...call: Parameters<SegmentSystem['write']>): number {
    return this.#watched(() => super.write(...call));
  }

  override datasync(fd: number): void {
    this.#watched(() => super.datasync(fd));
  }

  override truncate(fd: number, size: number): void {
    this.#watched(() => super.truncate(fd, size));
  }

  #watched<T>(call: () => T): T {
    this.#keep();
    try {
      return call();
    } finally {
      this.#keep();
    }
  }

  #keep(): void {
    if (!this.isWatching) return;
    const moment = join(root, `moment-${this.moments.length}`);
    cpSync(directory, moment, { recursive: true, filter: (path) => !path.endsWith('.sock') });
    this.moments.push(moment);
  }
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'audit-'));
  directory = join(root, 'log');
  system = new WatchedSystem();
  log = new FileAuditLog(directory, { writer: 'inline', system, limits: { reserveBytes: 0 } });
  await log.open();
  await log.append(auditBody(1));
  system.isWatching = true;
});
afterEach(async () => {
  system.isWatching = false;
  await log.close();
});

async function tamperedIn(folder: string): Promise<string[]> {
  const { streams } = await verifyLog(folder, {});
  const problems = streams.flatMap((stream) => stream.problems);
  return problems.filter(({ grade }) => grade === 'tampered').map(({ kind }) => kind);
}

async function tamperedEver(): Promise<string[]> {
  const kinds = new Set<string>();
  for (const moment of [...system.moments, directory]) {
    for (const kind of await tamperedIn(moment)) kinds.add(kind);
  }
  return [...kinds];
}

describe('A log that gives a segment up', () => {
  it('looks tampered with at no moment, though what the failed flush left cannot be taken off', async () => {
    system.syncFails = 1;
    system.isStuck = true;
    await log.append(auditBody(2));
    expect(system.moments.length).toBeGreaterThan(4);
    expect(await tamperedEver()).toEqual([]);
  });

  it('looks tampered with at no moment, though the next segment cannot be flushed either', async () => {
    system.syncFails = 2;
    system.isStuck = true;
    await log.append(auditBody(2));
    expect(await tamperedEver()).toEqual([]);
  });

  it('looks tampered with at no moment, though the disk has no room for the record that tells of it', async () => {
    system.syncFails = 1;
    system.isStuck = true;
    const write = system.write.bind(system);
    system.write = (...call) => {
      if (system.failedFiles.size > 0) [system.room, system.isStuck] = [0, false];
      return write(...call);
    };
    await log.append(auditBody(2)).catch(() => undefined);
    expect(log.health().reasons).toContain('disk-full');
    expect(await tamperedEver()).toEqual([]);
    system.write = write;
    system.room = Infinity;
    await new Promise((resolve) => setTimeout(resolve, 300));
    await log.append(auditBody(3));
    expect(await tamperedEver()).toEqual([]);
    const { folder } = onlyStream(directory);
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });
});
