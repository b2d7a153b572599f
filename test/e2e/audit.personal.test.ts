import { Test } from '@nestjs/testing';
import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuditService,
  personal,
  SecurityModule,
  type SecurityModuleOptions,
} from 'nestjs-security';
import { SecurityTestingModule } from 'nestjs-security/testing';
import { auditText, verifiedRecords } from '../support/audit-chain.js';
import { testKey } from '../support/keys.js';

const alice = { type: 'user', id: 'alice-4711' };
const newDirectory = (): string => join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');

async function start(audit: SecurityModuleOptions['audit'], keys = [testKey('2026-11')]) {
  const module = await Test.createTestingModule({
    imports: [SecurityModule.forRoot({ keys, ...(audit && { audit }) })],
  }).compile();
  return module.init();
}

async function recordAddress(audit: AuditService): Promise<void> {
  await audit.record({
    event: 'user_updated',
    target: { type: 'user', id: '42' },
    details: { address: personal(alice, 'Elm Street 1'), note: 'moved' },
  });
}

describe('AuditService', () => {
  it('reveals personal data until its subject is forgotten, in every record; the chain still holds', async () => {
    const directory = newDirectory();
    const module = await start({ directory });
    const audit = module.get(AuditService);
    await recordAddress(audit);
    const [before] = await audit.query({ event: 'user_updated' });
    if (!before) throw new Error('nothing was recorded');
    expect((await audit.reveal(before)).details).toEqual({
      address: 'Elm Street 1',
      note: 'moved',
    });

    await audit.forget(alice);
    await recordAddress(audit);
    const revealed = await Promise.all((await audit.query()).map((record) => audit.reveal(record)));
    expect(revealed.map(({ event, details }) => [event, details])).toEqual([
      ['user_updated', { address: '[forgotten]', note: 'moved' }],
      ['audit_subject_forgotten', undefined],
      ['user_updated', { address: '[forgotten]', note: 'moved' }],
    ]);
    await module.close();
    expect(verifiedRecords(directory)).toHaveLength(3);
    expect(auditText(directory)).not.toMatch(/alice|Elm Street/);
  });

  it('records that a subject was forgotten, by the pseudonym that its data carried', async () => {
    const module = await start({ directory: newDirectory() });
    const audit = module.get(AuditService);
    await recordAddress(audit);
    const receipt = await audit.forget(alice);
    const [updated, forgotten] = await audit.query();
    const [, name] = /"s1\.([\w-]{22})\./.exec(JSON.stringify(updated)) ?? [];
    expect(forgotten).toMatchObject({
      id: receipt.id,
      event: 'audit_subject_forgotten',
      level: 'warn',
      outcome: 'success',
      target: { type: 'user', id: `p1.2026-11.${name}` },
    });
    await module.close();
  });

  it('forgets for every process on the same folder, and across restarts and a rotation of keys', async () => {
    const directory = newDirectory();
    const [here, there] = [await start({ directory }), await start({ directory })];
    await recordAddress(here.get(AuditService));
    await recordAddress(there.get(AuditService));
    await here.get(AuditService).forget(alice);
    const seen = await there.get(AuditService).query({ event: 'user_updated' });
    for (const record of seen) {
      expect((await there.get(AuditService).reveal(record)).details).toMatchObject({
        address: '[forgotten]',
      });
    }
    await Promise.all([here.close(), there.close()]);

    const later = await start({ directory }, [testKey('2027-02'), testKey('2026-11')]);
    await recordAddress(later.get(AuditService));
    const [last] = await later.get(AuditService).query({ event: 'user_updated', limit: 1 });
    expect(last?.details).toEqual({ address: '[forgotten]', note: 'moved' });
    await later.close();
  });

  it('takes a subject in again that was forgotten, which is recorded, and opens nothing of before', async () => {
    const module = await start({ directory: newDirectory() });
    const audit = module.get(AuditService);
    await recordAddress(audit);
    await audit.forget(alice);
    const receipt = await audit.readmit(alice);
    await recordAddress(audit);
    const records = await audit.query();
    const [, forgotten, readmitted] = records;
    expect(readmitted).toMatchObject({
      id: receipt?.id,
      event: 'audit_subject_readmitted',
      level: 'warn',
      outcome: 'success',
      target: forgotten?.['target'],
    });
    const revealed = await Promise.all(records.map((record) => audit.reveal(record)));
    expect(revealed.map(({ details }) => details)).toEqual([
      { address: '[unreadable]', note: 'moved' },
      undefined,
      undefined,
      { address: 'Elm Street 1', note: 'moved' },
    ]);
    await module.close();
  });

  it('takes in nobody again who was not forgotten, and records nothing', async () => {
    const module = await start({ directory: newDirectory() });
    const audit = module.get(AuditService);
    await recordAddress(audit);
    expect(await audit.readmit(alice)).toBeUndefined();
    const records = await audit.query();
    expect(records).toHaveLength(1);
    const revealed = records.map((record) => audit.reveal(record).then(({ details }) => details));
    expect(await Promise.all(revealed)).toEqual([{ address: 'Elm Street 1', note: 'moved' }]);
    await module.close();
  });

  it('takes nobody in again unless that could be recorded', async () => {
    const directory = newDirectory();
    const module = await start({ directory });
    await module.get(AuditService).forget(alice);
    await module.get(AuditService).close();
    await expect(module.get(AuditService).readmit(alice)).rejects.toMatchObject({
      code: 'AUDIT_CLOSED',
    });
    const later = await start({ directory });
    await recordAddress(later.get(AuditService));
    const [last] = await later.get(AuditService).query({ limit: 1 });
    expect(last?.details).toEqual({ address: '[forgotten]', note: 'moved' });
    await later.close();
  });

  it('keeps the keys of subjects in the key folder, where no name tells whose they are', async () => {
    const directory = newDirectory();
    const keyDirectory = newDirectory();
    const module = await start({ directory, keyDirectory });
    await recordAddress(module.get(AuditService));
    await module.close();
    const names = readdirSync(join(keyDirectory, 'subjects'), {
      recursive: true,
      encoding: 'utf8',
    });
    expect(names.filter((name) => /^[\w-]{2}\/[\w-]{22}\.key$/.test(name))).toHaveLength(1);
    expect(names.join(' ')).not.toContain('alice');
    expect(statSync(join(keyDirectory, 'subjects')).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory)).not.toContain('keys');
  });

  it('says so when there is no folder for keys', async () => {
    const unconfigured = await start(undefined);
    for (const change of ['forget', 'readmit'] as const) {
      await expect(unconfigured.get(AuditService)[change](alice)).rejects.toMatchObject({
        code: 'AUDIT_NOT_CONFIGURED',
      });
    }
    const module = await Test.createTestingModule({
      imports: [SecurityTestingModule.forRoot()],
    }).compile();
    await module.init();
    const audit = module.get(AuditService);
    await expect(audit.forget(alice)).rejects.toMatchObject({ code: 'AUDIT_NO_FILES' });
    await expect(audit.readmit(alice)).rejects.toMatchObject({ code: 'AUDIT_NO_FILES' });
    await recordAddress(audit);
    await expect(audit.forget({ type: 'user', id: '' })).rejects.toThrow(TypeError);
    await module.close();
  });
});
