import fc from 'fast-check';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditOutlets } from '../../lib/audit/audit-outlets.js';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { BelievedTime } from '../../lib/audit/log/retention/believed-time.js';
import type { RetentionOptions } from '../../lib/audit/log/retention/retention.options.js';
import { supportedTime } from '../../lib/audit/log/retention/segment-time.js';
import { segmentFile } from '../../lib/audit/log/writer/segment-names.js';
import { onlyStream } from '../support/crashed-log.js';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
/** So far past what a log supports, a clock is believed at once. */
const REST = 5 * YEAR;
const NOW = Date.parse('2026-11-27T00:00:00.000Z');

/** Clocks that a test moves. */
class MovedClocks {
  time: number;
  #uptime = 5000;

  constructor(time = NOW) {
    this.time = time;
  }

  readonly wall = (): number => this.time;
  readonly monotonic = (): number => this.#uptime;

  /** Time goes by. */
  pass(ms: number): void {
    this.time += ms;
    this.#uptime += ms;
  }
}

/** Looks once an hour, as retention does. @returns how many hours it takes until the clock is believed */
function hoursUntilBelieved(time: BelievedTime, clocks: MovedClocks, atMost = 100): number {
  for (let hours = 0; hours < atMost; hours += 1) {
    if (time.now() === clocks.time) return hours;
    clocks.pass(HOUR);
  }
  return Infinity;
}

describe('The time of day is believed by retention', () => {
  it('at once at a first start, and where the log goes on', () => {
    for (const supported of [undefined, NOW, NOW - DAY, NOW - REST, NOW + YEAR]) {
      const clocks = new MovedClocks();
      expect(new BelievedTime(clocks, supported).now()).toBe(NOW);
    }
  });

  it('an hour after a start that is more than five years past what the log supports, until then a day past it', () => {
    const clocks = new MovedClocks(NOW + 73 * YEAR);
    const time = new BelievedTime(clocks, NOW);
    expect(time.now()).toBe(NOW + DAY);
    expect(time.heldBackMs).toBe(73 * YEAR - DAY);
    clocks.pass(HOUR / 2);
    expect(time.now()).toBe(NOW + DAY);
    clocks.pass(HOUR / 2);
    expect(time.now()).toBe(NOW + 73 * YEAR + HOUR);
    expect(time.heldBackMs).toBe(0);
  });

  it('a day of running after it was set forward by more than an hour, until then an hour past what had passed', () => {
    const clocks = new MovedClocks();
    const time = new BelievedTime(clocks, NOW);
    clocks.pass(2 * HOUR);
    time.now();
    clocks.time += 73 * YEAR;
    expect(time.now()).toBe(NOW + 3 * HOUR);
    expect(hoursUntilBelieved(time, clocks)).toBe(24);
  });

  it('at once where it was set forward by less, or back', () => {
    for (const step of [HOUR - 1, -HOUR, -YEAR]) {
      const clocks = new MovedClocks();
      const time = new BelievedTime(clocks, NOW);
      clocks.pass(HOUR);
      clocks.time += step;
      expect(time.now()).toBe(NOW + HOUR + step);
    }
  });

  it('once it is set right that began in the future', () => {
    const clocks = new MovedClocks(NOW + 73 * YEAR);
    const time = new BelievedTime(clocks, NOW);
    clocks.pass(HOUR / 10);
    clocks.time = NOW + HOUR / 10;
    expect(hoursUntilBelieved(time, clocks)).toBe(0);
    clocks.time += 73 * YEAR;
    expect(time.now()).toBeLessThan(NOW + DAY);
  });

  it('a day after it began in the past, as where a machine keeps no time while it is off', () => {
    const clocks = new MovedClocks(0);
    const time = new BelievedTime(clocks, NOW);
    clocks.pass(60_000);
    clocks.time = NOW;
    expect(hoursUntilBelieved(time, clocks)).toBe(24);
  });

  it('never much behind on a machine whose monotonic clock stops while it is suspended each night', () => {
    const clocks = new MovedClocks();
    const time = new BelievedTime(clocks, NOW);
    const behind: number[] = [];
    for (let day = 0; day < 30; day += 1) {
      for (let hour = 0; hour < 8; hour += 1) {
        clocks.pass(HOUR);
        time.now();
        behind.push(time.heldBackMs);
      }
      clocks.time += 16 * HOUR;
    }
    // The nights within the last day of running.
    expect(Math.max(...behind)).toBeLessThanOrEqual(4 * 16 * HOUR);
  });

  it('however the clock is set, never beyond itself nor faster than time passes', () => {
    const step = fc.record({
      hours: fc.integer({ min: 1, max: 5 }),
      set: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0) },
        fc.integer({ min: -3 * HOUR, max: 3 * HOUR }),
        fc.integer({ min: -YEAR, max: 73 * YEAR }),
      ),
    });
    const runs = fc.array(step, { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(runs, fc.integer({ min: -YEAR, max: 10 * YEAR }), (steps, sinceSupported) => {
        const clocks = new MovedClocks();
        const supported = NOW - sinceSupported;
        const time = new BelievedTime(clocks, supported);
        const said = [{ at: clocks.monotonic(), wall: clocks.time }];
        expect(time.now()).toBeLessThanOrEqual(
          Math.min(clocks.time, Math.max(supported + DAY, NOW <= supported + REST ? NOW : 0)),
        );
        for (const { hours, set } of steps) {
          clocks.pass(hours * HOUR);
          clocks.time += set;
          const at = clocks.monotonic();
          said.push({ at, wall: clocks.time });
          const limits = said
            .filter((each) => at - each.at <= DAY)
            .map((each) => each.wall + at - each.at + HOUR);
          const believed = time.now();
          expect(believed).toBeLessThanOrEqual(Math.min(clocks.time, ...limits));
          const isSteady = said
            .filter((each) => at - each.at <= DAY + 5 * HOUR)
            .every((each) => each.wall + at - each.at + HOUR >= clocks.time);
          expect(believed === clocks.time || !isSteady).toBe(true);
        }
      }),
    );
  });
});

describe('The time that a log supports', () => {
  const supported = (...times: (number | 'nothing')[]): number | undefined => {
    const folder = mkdtempSync(join(tmpdir(), 'audit-'));
    for (const [at, time] of times.entries()) {
      const line = time === 'nothing' ? '\n' : `{"time":"${new Date(time).toISOString()}"}\n`;
      writeFileSync(join(folder, segmentFile(at)), line);
    }
    return supportedTime(folder);
  };

  it.each([
    ['none without records', [], undefined],
    ['that of the last record of a log of one segment', [NOW], NOW],
    ['that of the segment an hour before', [NOW - 3 * DAY, NOW - HOUR, NOW - 1, NOW], NOW - HOUR],
    ['not that of records of the last hour', [NOW - DAY, NOW + YEAR, NOW + YEAR + 1], NOW - DAY],
    ['that of the last record where all are as new', [NOW - 2, NOW - 1, NOW], NOW],
    ['not that of a future that the clock came back from', [NOW - DAY, NOW + YEAR, NOW], NOW - DAY],
    [
      'read past what has none',
      [NOW - DAY, 'nothing' as const, NOW, 'nothing' as const],
      NOW - DAY,
    ],
  ])('is %s', (_, times, expected) => {
    expect(supported(...times)).toBe(expected);
  });
});

describe('Retention', () => {
  let directory: string;
  let written: number;
  beforeEach(async () => {
    directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
    written = 0;
    const { close } = await run(
      new MovedClocks(),
      {},
      [-20, -19, -18, -1, 0].map((day) => NOW + day * DAY),
    );
    await close();
  });

  /** Runs the log, each record in a segment of its own. */
  async function run(
    clocks: MovedClocks,
    options: RetentionOptions,
    times: readonly number[] = [],
  ) {
    const limits = { segmentBytes: 1, reserveBytes: 0 };
    const log = new FileAuditLog(directory, { writer: 'inline', limits });
    const append = (time: number, event = 'e') =>
      log.append(`"time":"${new Date(time).toISOString()}","event":"${event}","n":${written++}}`);
    const outlets = new AuditOutlets({
      sinks: [],
      anchors: [],
      retention: options,
      report({ event }) {
        throw new Error(event);
      },
      record: ({ event }) => append(clocks.time, event),
      clocks,
    });
    await log.open(outlets);
    for (const time of times) await append(time);
    await log.checkpoint();
    const pruned = async (): Promise<boolean> => {
      const before = firstSegment();
      await outlets.prune();
      return firstSegment() !== before;
    };
    return { pruned, health: () => outlets.state().retention, close: () => log.close() };
  }

  const firstSegment = (): string =>
    readdirSync(onlyStream(directory).folder)
      .filter((file) => file.startsWith('seg-'))
      .toSorted()[0] ?? '';

  it('removes what is old by a clock that the log supports', async () => {
    const { pruned, health, close } = await run(new MovedClocks(), { days: 10 });
    expect(await pruned()).toBe(true);
    expect(health()).toEqual({ heldBackMs: 0 });
    await close();
  });

  it('removes nothing by a clock that is years ahead at the start, however often the process starts', async () => {
    const clocks = new MovedClocks(NOW + 73 * YEAR);
    for (let starts = 0; starts < 3; starts += 1) {
      const { pruned, health, close } = await run(clocks, { days: 30 }, [clocks.time, clocks.time]);
      expect(await pruned()).toBe(false);
      expect(health()?.heldBackMs).toBeGreaterThan(72 * YEAR);
      await close();
      clocks.pass(600_000);
    }
  });

  it('removes at once what is old of a log that was off for a year', async () => {
    const { pruned, close } = await run(new MovedClocks(NOW + YEAR), { days: 30 });
    expect(await pruned()).toBe(true);
    await close();
  });

  it('removes what is old an hour after the start of a log that was off for six years', async () => {
    const clocks = new MovedClocks(NOW + 6 * YEAR);
    const { pruned, close } = await run(clocks, { days: 30 }, [clocks.time]);
    expect(await pruned()).toBe(false);
    clocks.pass(HOUR);
    expect(await pruned()).toBe(true);
    await close();
  });

  it('removes nothing by a clock that was set forward in a run', async () => {
    const clocks = new MovedClocks();
    const { pruned, close } = await run(clocks, { days: 30 });
    for (const _ of [1, 2]) {
      expect(await pruned()).toBe(false);
      clocks.pass(HOUR);
      clocks.time += YEAR;
    }
    expect(await pruned()).toBe(false);
    await close();
  });

  it('removes what is too much, whatever the clock says', async () => {
    const clocks = new MovedClocks(NOW + 73 * YEAR);
    const { pruned, close } = await run(clocks, { maxBytes: 1 });
    expect(await pruned()).toBe(true);
    await close();
  });
});
