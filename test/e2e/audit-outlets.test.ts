import { Test, type TestingModule } from '@nestjs/testing';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuditService,
  DirectoryAuditAnchor,
  SecurityModule,
  type AuditOptions,
} from 'nestjs-security';
import { MemoryAuditSink } from 'nestjs-security/testing';
import { AuditLog } from '../../lib/audit/log/audit-log.js';
import { readStreams, verifyChain } from '../support/audit-chain.js';
import { deferred } from '../support/deferred.js';
import { testKey } from '../support/keys.js';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'audit-'));

async function start(audit: AuditOptions): Promise<TestingModule> {
  const module = await Test.createTestingModule({
    imports: [SecurityModule.forRoot({ keys: [testKey('2026-11')], audit })],
  }).compile();
  await module.init();
  return module;
}

async function record(module: TestingModule, count: number): Promise<void> {
  const audit = module.get(AuditService);
  for (let n = 0; n < count; n += 1) await audit.record({ event: 'user_created' });
}

describe('An audit log with a sink and an anchor', () => {
  it('has brought all of it there when the application has ended', async () => {
    const [root, sink] = [newFolder(), new MemoryAuditSink()];
    const directory = join(root, 'log');
    const anchor = new DirectoryAuditAnchor(join(root, 'anchor'));
    const module = await start({ directory, sinks: [sink], anchors: [anchor] });
    await record(module, 5);
    await module.close();
    const [stream] = readStreams(directory);
    if (!stream) throw new Error('a stream was expected');
    verifyChain(stream);
    expect(sink.records(stream.name).map(({ line }) => line)).toEqual(stream.lines);
    const anchored = readFileSync(join(root, 'anchor', `${stream.name}.notes`), 'utf8');
    const final = readFileSync(join(stream.folder, 'checkpoint'), 'utf8');
    expect(final).toMatch(/\nclosed\n\n/);
    expect(anchored.endsWith(`${final}\n`)).toBe(true);
  });

  it('tells how far it has come', async () => {
    const [root, sink] = [newFolder(), new MemoryAuditSink()];
    const anchor = new DirectoryAuditAnchor(join(root, 'anchor'));
    const module = await start({ directory: join(root, 'log'), sinks: [sink], anchors: [anchor] });
    await record(module, 3);
    const audit = module.get(AuditService);
    await audit.checkpoint();
    expect(audit.health()).toMatchObject({
      status: 'ok',
      durableSeq: 3,
      signedSize: 3,
      writer: 'thread',
      sinks: [{ name: sink.name }],
      anchors: [{ name: anchor.name }],
    });
    await module.close();
  });

  it.each(['sink', 'anchor'])(
    'does not start when it was rolled back behind its %s',
    async (kind) => {
      const root = newFolder();
      const directory = join(root, 'log');
      const audit: AuditOptions = {
        directory,
        ...(kind === 'sink'
          ? { sinks: [new MemoryAuditSink()] }
          : { anchors: [new DirectoryAuditAnchor(join(root, 'anchor'))] }),
      };
      const first = await start(audit);
      await record(first, 2);
      await first.close();
      cpSync(directory, join(root, 'snapshot'), { recursive: true });
      const second = await start(audit);
      await record(second, 2);
      await second.close();
      rmSync(directory, { recursive: true });
      cpSync(join(root, 'snapshot'), directory, { recursive: true });
      const before = readStreams(directory);
      await expect(start(audit)).rejects.toMatchObject({ code: 'AUDIT_LOG_ROLLED_BACK' });
      expect(readStreams(directory)).toEqual(before);
    },
  );
});

describe('An audit log without a folder', () => {
  it('hands records to its sinks, and promises nothing', async () => {
    const sink = new MemoryAuditSink();
    const module = await start({ directory: false, sinks: [sink] });
    const receipt = await module.get(AuditService).record({ event: 'user_created' });
    expect(receipt.durability).toBe('none');
    await module.get(AuditService).flush();
    const [stream = ''] = sink.streams;
    expect(sink.records(stream).map(({ id }) => id)).toEqual([receipt.id]);
    await expect(module.get(AuditService).checkpoint()).rejects.toMatchObject({
      code: 'AUDIT_NO_FILES',
    });
    await module.close();
  });

  it('needs a sink', async () => {
    await expect(start({ directory: false })).rejects.toThrow(/audit\.sinks/);
  });

  it('keeps no anchor, since nothing is signed', async () => {
    const [sink, anchor] = [new MemoryAuditSink(), new DirectoryAuditAnchor(newFolder())];
    await expect(start({ directory: false, sinks: [sink], anchors: [anchor] })).rejects.toThrow(
      /audit\.anchors cannot be kept when audit\.directory is false/,
    );
  });

  it('is asked for, and not taken for one that was forgotten beside sinks or anchors', async () => {
    const [sinks, anchors] = [[new MemoryAuditSink()], [new DirectoryAuditAnchor(newFolder())]];
    await expect(start({ sinks })).rejects.toThrow(/audit\.directory is needed by audit\.sinks:/);
    await expect(start({ anchors })).rejects.toThrow(
      /audit\.directory is needed by audit\.anchors:/,
    );
  });

  it('tells of what had no room, at the latest when the application ends', async () => {
    const sink = new MemoryAuditSink();
    const write = sink.write.bind(sink);
    const { promise, resolve } = deferred<void>();
    sink.write = (...call) => promise.then(() => write(...call));
    const module = await start({ directory: false, sinks: [sink] });
    const log = module.get(AuditLog);
    const large = `"x":"${'x'.repeat(60_000)}"}`;
    while (log.hasRoomFor('critical')) await log.append(large, 'critical');
    expect(log.health()).toMatchObject({ status: 'failing' });
    await expect(log.append(large, 'critical')).rejects.toMatchObject({ code: 'AUDIT_QUEUE_FULL' });
    resolve();
    await module.close();
    const [stream = ''] = sink.streams;
    const last = JSON.parse(sink.records(stream).at(-1)?.line ?? '') as object;
    expect(last).toMatchObject({ event: 'audit_gap', n: 1, details: { critical: 1 } });
  });

  it('tries again for as long as the sink refuses, and loses nothing', async () => {
    const sink = new MemoryAuditSink();
    const write = sink.write.bind(sink);
    let refusals = 2;
    sink.write = async (...call) => {
      refusals -= 1;
      if (refusals >= 0) throw new Error('not now');
      return write(...call);
    };
    const module = await start({ directory: false, sinks: [sink] });
    await record(module, 3);
    expect(module.get(AuditService).health()).toMatchObject({
      status: 'degraded',
      reasons: ['sink-failed'],
    });
    await module.get(AuditService).flush();
    expect(module.get(AuditService).health().status).toBe('ok');
    const [stream = ''] = sink.streams;
    expect(sink.records(stream)).toHaveLength(3);
    await module.close();
  });
});
