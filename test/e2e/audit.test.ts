import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { jest } from '@jest/globals';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApiKeyService,
  AuditService,
  EncryptionService,
  HmacService,
  PasswordService,
  SecurityModule,
  WebhookVerifier,
  personal,
} from 'nestjs-security';
import { readStreams, verifyChain } from '../support/audit-chain.js';
import { testKey } from '../support/keys.js';

async function start(directory: string) {
  const module = await compiled(directory);
  return module.init();
}

async function compiled(directory: string) {
  return Test.createTestingModule({
    imports: [
      SecurityModule.forRoot({
        keys: [testKey('2026-11')],
        password: { memoryKiB: 8, timeCost: 1, parallelism: 1 },
        webhook: { receivers: { github: { secret: 'the webhook secret' } } },
        apiKey: {
          keys: [
            {
              id: 'ci',
              sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
            },
          ],
        },
        audit: { directory },
      }),
    ],
  }).compile();
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'audit-'));
const newDirectory = (): string => join(newFolder(), 'log');

describe('AuditService', () => {
  it('writes what the other services report, without their knowing it', async () => {
    const directory = newDirectory();
    const module = await start(directory);
    const passwords = module.get(PasswordService);
    const stored = await passwords.hash('right');
    await passwords.verify(stored, 'right');
    await passwords.verify(stored, 'wrong');
    expect(() => module.get(EncryptionService).decrypt('gAAAAA')).toThrow('not valid');
    module.get(HmacService).verify('data', 'sha256=00');
    await module.get(WebhookVerifier).verify('github', { headers: {}, rawBody: Buffer.from('{}') });
    module.get(ApiKeyService).verify('abc');
    module.get(ApiKeyService).verify('abd');
    await module.close();

    const [stream] = readStreams(directory);
    const records = stream ? verifyChain(stream) : [];
    expect(
      records.map(({ event, level, outcome, reason }) => [event, level, outcome, reason]),
    ).toEqual([
      ['password_verified', 'info', 'success', undefined],
      ['password_refused', 'warn', 'failure', 'mismatch'],
      ['crypt_decrypt_fail', 'warn', 'failure', 'malformed'],
      ['signature_refused', 'warn', 'failure', 'malformed'],
      ['webhook_refused', 'warn', 'failure', 'signature-missing'],
      ['api_key_used', 'info', 'success', undefined],
      ['api_key_refused', 'warn', 'failure', 'unknown'],
    ]);
  });

  it('writes what was counted when the application ends', async () => {
    const directory = newDirectory();
    const module = await start(directory);
    for (let time = 0; time < 10; time += 1) module.get(ApiKeyService).verify('abd');
    await module.close();
    const [stream] = readStreams(directory);
    const counts = stream ? verifyChain(stream).map(({ n }) => n) : [];
    expect(counts).toEqual([undefined, 9]);
  });

  it('writes a pseudonym for an identifier, the same for the same, and never the identifier', async () => {
    const directory = newDirectory();
    const module = await start(directory);
    const audit = module.get(AuditService);
    for (const value of ['Alice@Example.com', ' alice@example.com', 'bob@example.com']) {
      await audit.record({
        event: 'authn_login_fail',
        actor: { identifier: { type: 'email', value } },
        details: { note: `no ${value}` },
      });
    }
    const records = await audit.query();
    const pseudonyms = records.map((record) => (record['actor'] as { pseudo: string }).pseudo);
    expect(pseudonyms[0]).toMatch(/^p1\.2026-11\.[A-Za-z0-9_-]{22}$/);
    expect(pseudonyms[1]).toBe(pseudonyms[0]);
    expect(pseudonyms[2]).not.toBe(pseudonyms[0]);
    expect(JSON.stringify(records)).not.toMatch(/alice|bob@|example\.com/i);
    expect(records[0]).toMatchObject({ details: { note: `no ${pseudonyms[0]}` } });
    await module.close();
  });

  it('is an append-only log across restarts', async () => {
    const directory = newDirectory();
    for (let run = 0; run < 3; run += 1) {
      const module = await start(directory);
      await module.get(AuditService).record({ event: 'sys_startup', details: { run } });
      await module.close();
    }
    expect(readStreams(directory).map((stream) => verifyChain(stream).length)).toEqual([3]);
  });

  it('stays in its folder when the process changes its working directory', async () => {
    const [home, root, elsewhere] = [process.cwd(), newFolder(), newFolder()];
    const subject = { type: 'user', id: 'u-1' };
    const details = { address: personal(subject, 'Elm Street 1') };
    process.chdir(root);
    try {
      const module = await start('./log');
      const audit = module.get(AuditService);
      await audit.record({ event: 'user_created', details });
      process.chdir(elsewhere);
      await audit.record({ event: 'user_updated', details });
      await audit.forget(subject);
      await module.close();
    } finally {
      process.chdir(home);
    }
    expect(readdirSync(elsewhere)).toEqual([]);
    const records = readStreams(join(root, 'log')).flatMap(verifyChain);
    expect(records.map(({ event }) => event)).toEqual([
      'user_created',
      'user_updated',
      'audit_subject_forgotten',
    ]);
  });

  it('refuses an event without a name, and a limit that is none', async () => {
    const module = await start(newDirectory());
    const audit = module.get(AuditService);
    await expect(audit.record({ event: '' as 'sys_startup' })).rejects.toMatchObject({
      code: 'AUDIT_EVENT_INVALID',
    });
    await expect(audit.query({ limit: 0 })).rejects.toThrow(RangeError);
    await expect(audit.query({ limit: 1001 })).rejects.toThrow(RangeError);
    await module.close();
    await expect(audit.record({ event: 'sys_shutdown' })).rejects.toMatchObject({
      code: 'AUDIT_CLOSED',
    });
  });

  it('rejects, and never throws, for what is no event at all', async () => {
    const module = await start(newDirectory());
    const audit = module.get(AuditService);
    const nothing = null as never;
    const inScope = audit.scope({ tenant: 'acme' }, () => audit.record(nothing).catch(String));
    await expect(audit.record(nothing)).rejects.toMatchObject({ code: 'AUDIT_EVENT_INVALID' });
    await expect(inScope).resolves.toContain('Error');
    await module.close();
  });

  it('keeps the order of events that come before the log is open, while it opens and after', async () => {
    const directory = newDirectory();
    const module = await compiled(directory);
    const audit = module.get(AuditService);
    const EVENTS = 200;
    for (let n = 1; n <= EVENTS; n += 1) {
      audit.emit({ event: 'sys_startup', n });
      await Promise.resolve();
      if (n > EVENTS / 2) await new Promise((resolve) => setImmediate(resolve));
    }
    await audit.flush();
    await audit.close();
    const counts = readStreams(directory).flatMap((stream) => verifyChain(stream));
    expect(counts.map(({ n }) => n)).toEqual(Array.from({ length: EVENTS }, (_, at) => at + 1));
  });

  it('tells of failures of emit once a second, with their number', async () => {
    const module = await start(newDirectory());
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    await module.close();
    for (let time = 0; time < 50; time += 1)
      module.get(AuditService).emit({ event: 'sys_shutdown' });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    module.get(AuditService).emit({ event: 'sys_shutdown' });
    await new Promise((resolve) => setImmediate(resolve));
    const told = error.mock.calls.map(([message]) => String(message));
    error.mockRestore();
    expect(told).toHaveLength(3);
    expect(told[2]).toBe('49 more events not recorded');
  });

  it('does not start on a folder that cannot be used, and says which option it is', async () => {
    await expect(start('/dev/null/audit')).rejects.toThrow(
      /audit\.directory cannot be used \(ENOTDIR\)/,
    );
  });
});
