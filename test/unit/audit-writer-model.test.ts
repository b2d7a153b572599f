import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { EventLevel } from '../../lib/events/vocabulary.js';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import { readStreams, verifyChain, type StreamLines } from '../support/audit-chain.js';
import { auditBody } from '../support/crashed-log.js';
import { FaultySystem } from '../support/faulty-system.js';

/** What can happen to a log. */
type Step =
  | { readonly do: 'append'; readonly levels: readonly EventLevel[] }
  | { readonly do: 'fail'; readonly how: (system: FaultySystem) => void; readonly name: string }
  | { readonly do: 'wait' | 'crash' | 'restart' | 'sign' };

const fault = (name: string, how: (system: FaultySystem) => void): Step => ({
  do: 'fail',
  name,
  how,
});

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      levels: fc.array(fc.constantFrom<EventLevel>('info', 'critical'), {
        minLength: 1,
        maxLength: 6,
      }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      fault('little room', (system) => void (system.room = 300)),
      fault('no room', (system) => void (system.room = 0)),
      fault('one flush fails', (system) => void (system.syncFails = 1)),
      fault('two flushes fail', (system) => void (system.syncFails = 2)),
      fault('flushes fail', (system) => void (system.syncFails = Infinity)),
      fault('writes fail', (system) => void (system.writeFails = 'EIO')),
      fault('stuck', (system) => void (system.isStuck = true)),
      fault('stuck, no flush', (system) => {
        system.isStuck = true;
        system.syncFails = 1;
      }),
      fault('stuck, little room', (system) => {
        system.isStuck = true;
        system.room = 200;
      }),
      fault('all well', heal),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Step>(
      { do: 'wait' },
      { do: 'crash' },
      { do: 'restart' },
      { do: 'sign' },
    ),
  },
);

function heal(system: FaultySystem): void {
  system.room = Infinity;
  system.syncFails = 0;
  system.writeFails = undefined;
  system.isStuck = false;
}

/** A log beside what is known of it. */
class Subject {
  readonly #root = mkdtempSync(join(tmpdir(), 'audit-'));
  directory = join(this.#root, 'log-0');
  readonly acknowledged = new Map<number, string>();
  refused = 0;
  #runs = 0;
  #appended = 0;
  #system = new FaultySystem();
  #log = this.#newLog();

  #newLog(): FileAuditLog {
    const limits = {
      reserveBytes: 64,
      segmentBytes: 900,
      epochMs: 1,
      checkpointMs: 1,
      checkpointRecords: 3,
    };
    return new FileAuditLog(this.directory, { writer: 'inline', system: this.#system, limits });
  }

  async start(): Promise<void> {
    await this.#log.open();
  }

  async run(step: Step): Promise<void> {
    if (step.do === 'append') await Promise.all(step.levels.map((level) => this.#append(level)));
    else if (step.do === 'fail') step.how(this.#system);
    else if (step.do === 'wait') await new Promise((resolve) => setTimeout(resolve, 260));
    else if (step.do === 'sign') await this.#log.checkpoint();
    else if (step.do === 'crash') await this.#crash();
    else await this.#restart();
  }

  async #append(level: EventLevel): Promise<void> {
    const n = this.#appended++;
    try {
      const { id } = await this.#log.append(auditBody(n), level);
      this.acknowledged.set(n, id);
    } catch {
      this.refused += 1;
    }
  }

  /** What was counted and not told dies with the process. */
  async #crash(): Promise<void> {
    const old = this.#log;
    this.refused -= old.health().lost;
    const from = this.directory;
    this.directory = join(this.#root, `log-${++this.#runs}`);
    cpSync(from, this.directory, { recursive: true, filter: (path) => !path.endsWith('.sock') });
    heal(this.#system);
    await old.close();
    rmSync(from, { recursive: true });
    await this.#open();
  }

  async #restart(): Promise<void> {
    heal(this.#system);
    await this.#log.close();
    await this.#open();
  }

  async #open(): Promise<void> {
    this.#system = new FaultySystem();
    this.#log = this.#newLog();
    await this.#log.open();
  }

  async end(): Promise<void> {
    heal(this.#system);
    await this.#log.close();
  }

  remove(): void {
    rmSync(this.#root, { recursive: true });
  }
}

it('Whatever fails, the log holds what it acknowledged, each once, and counts what it refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 20 }), async (steps) => {
      const subject = new Subject();
      await subject.start();
      for (const each of steps) await subject.run(each);
      await subject.end();
      const [stream] = readStreams(subject.directory, { torn: 'left-out' });
      if (!stream) throw new Error('a stream was expected');
      const records = chained(stream);
      const own = records.filter(({ event }) => event === 'e');
      expect(new Set(own.map(({ n }) => n)).size).toBe(own.length);
      const there = new Map(own.map(({ n, id }) => [n, id]));
      for (const [n, id] of subject.acknowledged) expect(there.get(n)).toBe(id);
      // A crash may leave on the disk what was refused a moment before.
      const mayHaveMore = steps.some((each) => each.do === 'crash');
      expect(mayHaveMore || own.length === subject.acknowledged.size).toBe(true);
      const told = records.filter(({ event }) => event === 'audit_gap');
      const lost = told.reduce((sum, { n }) => sum + Number(n), 0);
      expect(lost).toBe(subject.refused);
      const { streams } = await verifyLog(subject.directory, {});
      const problems = streams.flatMap((report) => report.problems);
      expect(problems.filter(({ grade }) => grade === 'tampered')).toEqual([]);
      expect(streams).toMatchObject([{ closed: true, records: records.length }]);
      subject.remove();
    }),
    { numRuns: Number(process.env['RUNS'] ?? 30), endOnFailure: false },
  );
});

/** Behind the record that the next segment continues, an abandoned one may hold what could not be taken off. */
function chained(stream: StreamLines): Record<string, unknown>[] {
  const segments = readdirSync(stream.folder).filter((file) => file.startsWith('seg-'));
  const firsts = segments.toSorted().map((file) => Number(file.slice(4, 20)));
  const lines = segments.toSorted().flatMap((file, index) => {
    const text = readFileSync(join(stream.folder, file), 'utf8').split('\n').slice(0, -1);
    return text.slice(0, (firsts[index + 1] ?? Infinity) - (firsts[index] ?? 0));
  });
  return verifyChain({ ...stream, lines });
}
