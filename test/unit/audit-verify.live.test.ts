import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { queryLog } from '../../lib/audit/log/read/query-log.js';
import { TaskRunner } from '../../lib/audit/log/verify/task-runner.js';
import { parseTrust } from '../../lib/audit/log/verify/trust.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import { TestWriter } from '../support/audit-log-writer.js';
import { problemsOf, withStream } from '../support/audit-verification.js';

const FEW = { records: 20, statements: [], segments: [0], anchored: [20] };

describe('A log that is written on meanwhile', () => {
  it.each([
    [0, 12],
    [2, 4],
  ])('is clean at every moment, with %d other threads', async (parallel, runs) => {
    await withStream({ ...FEW, start: Date.now() - 2000 }, async (stream, log) => {
      const stop = new AbortController();
      const writing = (async () => {
        for (const _ of new TestWriter(log, stream).steps()) {
          if (stop.signal.aborted) return;
          await wait(1);
        }
      })();
      writing.catch(() => undefined);
      const options = { trust: parseTrust(log.trust), anchors: [log.anchor], parallel };
      for (let run = 0; run < runs; run += 1) {
        const { status, streams } = await verifyLog(log.directory, options);
        expect([status, streams.flatMap(problemsOf)]).toEqual(['clean', []]);
        await queryLog(log.directory, { limit: 1000 }, () => []);
        await wait(5);
      }
      stop.abort();
      await writing;
      // Epochs have ended and segments were pruned on the way.
      expect(stream.statements.length).toBeGreaterThan(0);
      expect(stream.segments[0]).toBeGreaterThan(0);
    });
  });
});

describe('Threads that verify', () => {
  const task = { kind: 'notes', stream: '0-stream00', notes: [], witnesses: [] } as const;

  it('do what they are given, and the calling one does what they cannot', async () => {
    for (const threads of [0, 1, 3]) {
      const runner = await TaskRunner.start(threads);
      const results = await Promise.all(Array.from({ length: 9 }, () => runner.run(task)));
      expect(results).toEqual(results.map(() => ({ kind: 'notes', verdicts: [] })));
      await runner.close();
    }
  });

  it('end when they are not needed any more, with whatever they were doing', async () => {
    await withStream({ records: 20_000, segments: [0], statements: [] }, async (stream, log) => {
      const runner = await TaskRunner.start(1);
      const path = join(log.directory, stream.name, 'seg-0000000000000000.jsonl');
      const sizes = new SharedArrayBuffer(0);
      const end = 10_000_000;
      const scan = { kind: 'records', path, stream: stream.name, from: 0, to: end, end } as const;
      const running = runner.run({ ...scan, limit: 1_000_000, sizes });
      const [outcome] = await Promise.allSettled([running, runner.close()]);
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(Error) });
    });
  });
});
