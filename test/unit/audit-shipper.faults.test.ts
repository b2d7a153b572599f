import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { ShippedRecord } from '../../lib/audit/ship/audit-sink.js';
import { Shipper } from '../../lib/audit/ship/shipper.js';
import { codedError, ScriptedSink } from '../support/scripted-sink.js';
import { until } from '../support/until.js';
import { WrittenStream } from '../support/written-stream.js';

/** What may happen to a stream and its sink. */
type Step =
  | { readonly do: 'append'; readonly count: number }
  | { readonly do: 'rotate' | 'crash' | 'close' | 'wait' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('append'), count: fc.integer({ min: 1, max: 600 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('rotate', 'crash', 'close', 'wait') }) },
);

/** How a call of the sink ends. */
type Ending = 'taken' | 'refused' | 'taken, but the answer is lost' | 'taken in part';
const ending = fc.constantFrom<Ending>(
  'taken',
  'taken',
  'refused',
  'taken, but the answer is lost',
  'taken in part',
);

/** A place elsewhere, which outlives every crash. */
class Place {
  readonly arrived: ShippedRecord[] = [];
  readonly #endings: readonly Ending[];
  #calls = 0;

  constructor(endings: readonly Ending[]) {
    this.#endings = endings;
  }

  take(records: readonly ShippedRecord[]): void {
    const how = this.#endings[this.#calls++] ?? 'taken';
    if (how === 'refused') throw codedError('ECONNREFUSED');
    this.arrived.push(
      ...records.slice(0, how === 'taken in part' ? records.length / 2 : undefined),
    );
    if (how !== 'taken') throw codedError('ECONNRESET');
  }
}

/** A process with a shipper; after a crash nothing of it reaches the place. */
class Process {
  readonly shipper: Shipper;
  #hasCrashed = false;

  constructor(stream: WrittenStream, place: Place) {
    const sink = new ScriptedSink();
    sink.before = async (records) => {
      if (this.#hasCrashed) await new Promise(() => undefined);
      place.take(records);
    };
    this.shipper = new Shipper({
      sink,
      stream: stream.name,
      folder: stream.folder,
      report: () => undefined,
      backoff: { firstMs: 1, maxMs: 2 },
    });
  }

  crash(): void {
    this.#hasCrashed = true;
  }
}

async function run(steps: readonly Step[], endings: readonly Ending[]) {
  const [stream, place] = [new WrittenStream(), new Place(endings)];
  let current = new Process(stream, place);
  for (const each of steps) {
    if (each.do === 'append') stream.append(each.count);
    if (each.do === 'rotate') stream.rotate();
    if (each.do === 'close') await current.shipper.close();
    if (each.do === 'crash') current.crash();
    if (each.do === 'close' || each.do === 'crash') current = new Process(stream, place);
    current.shipper.advance(stream.size);
    if (each.do === 'wait') await until(() => current.shipper.state().lag === 0);
  }
  await until(() => current.shipper.state().lag === 0);
  await current.shipper.close();
  return { stream, place };
}

describe('Shipper, with a sink that fails and a process that crashes at any time', () => {
  it('brings every record at least once, each the same every time, and none before its predecessor', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 14 }),
        fc.array(ending, { maxLength: 12 }),
        async (steps, endings) => {
          const { stream, place } = await run(steps, endings);
          let next = 0;
          for (const { seq, line, leafHash } of place.arrived) {
            expect(seq).toBeLessThanOrEqual(next);
            expect(line).toBe(stream.lines[seq]);
            expect(leafHash).toBe(stream.hashAt(seq));
            next = Math.max(next, seq + 1);
          }
          expect(next).toBe(stream.size);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('Shipper, with a sink that is far behind', () => {
  it('ships 300 MB with a heap of 48 MB', () => {
    const script = join('build', 'test', 'support', 'ship-backlog.js');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--expose-gc', '--max-old-space-size=48', script, '5000', '60000'],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ records: 5000, lag: 0 });
    const { mostMiB } = JSON.parse(stdout) as { mostMiB: number };
    expect(mostMiB).toBeGreaterThan(0);
    expect(mostMiB).toBeLessThan(32);
  });
});
