import { Controller, Get, Post } from '@nestjs/common';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Audit } from 'nestjs-security';
import { AuditLog } from '../../lib/audit/log/audit-log.js';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { verifiedRecords } from '../support/audit-chain.js';
import { FaultySystem } from '../support/faulty-system.js';
import { adapters, startHttp, stopHttp } from '../support/http-app.js';

const calls = { critical: 0, info: 0 };

@Controller('users')
class UsersController {
  @Post()
  @Audit({ event: 'user_deleted', level: 'critical' })
  remove(): object {
    calls.critical += 1;
    return {};
  }

  @Get()
  @Audit({ event: 'user_updated', level: 'info' })
  list(): object {
    calls.info += 1;
    return {};
  }
}

afterEach(() => stopHttp());

describe.each(adapters)('With a disk that is full, on $adapter,', ({ create }) => {
  it('critical calls are refused before their handler runs, others go on and are counted', async () => {
    const system = new FaultySystem();
    const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
    const log = new FileAuditLog(directory, {
      writer: 'inline',
      system,
      limits: { reserveBytes: 0 },
    });
    const { app, url } = await startHttp(create, {
      controllers: [UsersController],
      security: { providers: [{ provide: AuditLog, useValue: log }] },
    });
    const remove = async (): Promise<number> =>
      (await fetch(`${url}/users`, { method: 'POST' })).status;
    const list = async (): Promise<number> => (await fetch(`${url}/users`)).status;
    Object.assign(calls, { critical: 0, info: 0 });
    expect([await remove(), await list()]).toEqual([201, 200]);

    system.room = 0;
    // A disk that fails is found out by the first record.
    expect(await remove()).toBe(503);
    expect(calls.critical).toBe(2);
    for (let time = 0; time < 3; time += 1) expect(await remove()).toBe(503);
    expect(calls.critical).toBe(2);
    expect([await list(), await list()]).toEqual([200, 200]);
    expect(calls.info).toBe(3);
    // That others are refused says nothing of critical ones.
    expect(await remove()).toBe(503);
    expect(calls.critical).toBe(2);

    system.room = Infinity;
    const deadline = Date.now() + 10_000;
    while ((await remove()) === 503 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(calls.critical).toBe(3);
    await app.close();
    const records = verifiedRecords(directory);
    const lost = records
      .filter(({ event }) => event === 'audit_gap')
      .reduce((sum, { n }) => sum + Number(n), 0);
    expect(lost).toBe(3);
    expect(records.filter(({ event }) => event === 'user_deleted')).toHaveLength(2);
  });
});
