import { Test, type TestingModule } from '@nestjs/testing';
import { mkdtempSync, readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditService, DirectoryAuditAnchor, SecurityModule, type Trust } from 'nestjs-security';
import { trustOf } from '../../lib/audit/log/verify/trust-of.js';
import { readStreams, type StreamLines } from '../support/audit-chain.js';
import { testKey } from '../support/keys.js';

interface Running {
  readonly module: TestingModule;
  readonly audit: AuditService;
  readonly directory: string;
  readonly anchor: string;
  readonly trust: Trust;
  readonly stream: () => StreamLines;
}

async function start(root = mkdtempSync(join(tmpdir(), 'audit-'))): Promise<Running> {
  const [directory, anchor] = [join(root, 'log'), join(root, 'anchor')];
  const module = await Test.createTestingModule({
    imports: [
      SecurityModule.forRoot({
        keys: [testKey('2026-11')],
        audit: { directory, anchors: [new DirectoryAuditAnchor(anchor)] },
      }),
    ],
  }).compile();
  await module.init();
  const stream = (): StreamLines => {
    const [only] = readStreams(directory);
    if (!only) throw new Error('a stream was expected');
    return only;
  };
  const trust = await trustOf(directory);
  return { module, audit: module.get(AuditService), directory, anchor, trust, stream };
}

async function record(audit: AuditService, count: number): Promise<string[]> {
  const receipts = [];
  for (let n = 0; n < count; n += 1) receipts.push(await audit.record({ event: 'user_created' }));
  return receipts.map(({ id }) => id);
}

describe('AuditService.verify', () => {
  it('says clean with trust and an anchor, while it runs and over restarts, and records that', async () => {
    const { module, audit, directory, anchor, trust } = await start();
    await record(audit, 20);
    await module.close();
    const again = await start(join(directory, '..'));
    await record(again.audit, 20);
    await again.audit.checkpoint();
    const report = await again.audit.verify({ trust, anchors: [anchor] });
    expect(report).toMatchObject({ status: 'clean', streams: [{ problems: [] }] });
    const [last] = await again.audit.query({ event: 'audit_verified' });
    expect(last).toMatchObject({ outcome: 'success', details: { status: 'clean' } });
    await again.module.close();
  });

  it('says no more than incomplete without trust or anchor', async () => {
    const { module, audit, trust, anchor } = await start();
    await record(audit, 3);
    expect((await audit.verify()).status).toBe('incomplete');
    expect((await audit.verify({ trust })).status).toBe('incomplete');
    expect((await audit.verify({ anchors: [anchor] })).status).toBe('incomplete');
    await module.close();
  });

  it.each<[string, (stream: StreamLines) => void]>([
    [
      'a record was changed',
      ({ segment }) => {
        const text = readFileSync(segment, 'utf8');
        writeFileSync(segment, text.replace('user_created', 'user_deleted'));
      },
    ],
    [
      'the end was cut off',
      ({ segment, lines }) => truncateSync(segment, (lines[0]?.length ?? 0) + 1),
    ],
    ['the checkpoint is gone', ({ folder }) => unlinkSync(join(folder, 'checkpoint'))],
  ])('says tampered when %s', async (_, harm) => {
    const { module, audit, trust, anchor, stream, directory } = await start();
    await record(audit, 5);
    await module.close();
    harm(stream());
    const { verifyLog } = await import('../../lib/audit/log/verify/verify-log.js');
    const report = await verifyLog(directory, { trust, anchors: [anchor] });
    expect(report.status).toBe('tampered');
  });
});

describe('AuditService.prove', () => {
  it('proves a record that was just made', async () => {
    const { module, audit } = await start();
    const [first = '', , last = ''] = await record(audit, 3);
    for (const id of [first, last]) {
      const { line, proof } = await audit.prove(id);
      expect(JSON.parse(line)).toMatchObject({ id });
      expect(proof).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex \d+\n/);
    }
    await expect(audit.prove('0-00000000:0')).rejects.toMatchObject({
      code: 'AUDIT_RECORD_UNKNOWN',
      status: 404,
    });
    await module.close();
  });
});
