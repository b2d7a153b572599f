import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Shipper, type ShipperOptions } from '../../lib/audit/ship/shipper.js';
import type { AuditEvent } from '../../lib/audit/record/audit-event.js';
import { deferred } from '../support/deferred.js';
import { codedError, ScriptedSink, TellingSink } from '../support/scripted-sink.js';
import { until } from '../support/until.js';
import { WrittenStream } from '../support/written-stream.js';

const QUICK = { firstMs: 1, maxMs: 2 };

let stream: WrittenStream;
let events: AuditEvent[];
const open: Shipper[] = [];

beforeEach(() => {
  stream = new WrittenStream();
  events = [];
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((shipper) => shipper.close()));
});

function ship(sink: ScriptedSink, options: Partial<ShipperOptions> = {}): Shipper {
  const shipper = new Shipper({
    sink,
    stream: stream.name,
    folder: stream.folder,
    report: (event) => void events.push(event),
    backoff: QUICK,
    closeTimeoutMs: 200,
    ...options,
  });
  open.push(shipper);
  return shipper;
}

const offsetOf = (name = 'scripted') => join(stream.folder, 'sinks', `${name}.json`);
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index);

describe('Shipper', () => {
  it('brings every durable record to the sink, in order and to the byte', async () => {
    stream.append(3, 'Zoë – 日本語 🔒');
    const sink = new ScriptedSink();
    const shipper = ship(sink);
    shipper.advance(3);
    await until(() => sink.records.length === 3);
    expect(sink.records).toEqual(
      stream.lines.map((line, seq) => ({
        id: `${stream.name}:${seq}`,
        stream: stream.name,
        seq,
        leafHash: stream.hashAt(seq),
        line,
      })),
    );
    await shipper.close();
    expect(shipper.state()).toEqual({ seq: 2, remembered: 2, lag: 0 });
  });

  it('never hands over a record that is not durable yet', async () => {
    stream.append(10);
    const sink = new ScriptedSink();
    const shipper = ship(sink);
    shipper.advance(4);
    await until(() => sink.records.length === 4);
    await shipper.close();
    expect(sink.seqs).toEqual([0, 1, 2, 3]);
    expect(shipper.state().lag).toBe(0);
  });

  it('follows the stream through its segments while they are written', async () => {
    const sink = new ScriptedSink();
    const shipper = ship(sink);
    for (let turn = 0; turn < 6; turn += 1) {
      stream.append(7);
      shipper.advance(stream.size);
      await until(() => shipper.state().lag === 0);
      stream.rotate();
    }
    expect(sink.seqs).toEqual(numbers(0, 42));
  });

  it('leaves out what stands behind the first record of the next segment', async () => {
    stream.append(4);
    const abandoned = new WrittenStream();
    abandoned.append(4);
    abandoned.append(2, 'lost');
    stream.appendRaw(`${abandoned.lines.slice(4).join('\n')}\n{"v":1,"se`);
    stream.rotate();
    stream.append(3);
    const sink = new ScriptedSink();
    ship(sink).advance(7);
    await until(() => sink.records.length === 7);
    expect(sink.records.map(({ line }) => line)).toEqual(stream.lines);
  });

  it('hands over at most 500 records and 1 MiB at once', async () => {
    stream.append(1200);
    stream.append(60, 'x'.repeat(60_000));
    const sink = new ScriptedSink();
    ship(sink).advance(stream.size);
    await until(() => sink.records.length === stream.size);
    expect(Math.max(...sink.batches.map((batch) => batch.length))).toBe(500);
    const bytes = sink.batches.map((batch) =>
      batch.reduce((sum, { line }) => sum + Buffer.byteLength(line) + 1, 0),
    );
    expect(Math.max(...bytes)).toBeLessThanOrEqual(1024 * 1024);
    expect(sink.seqs).toEqual(numbers(0, stream.size));
  });

  it('goes on behind the last acknowledged record after a restart', async () => {
    stream.append(5);
    const first = ship(new ScriptedSink());
    first.advance(5);
    await until(() => first.state().lag === 0);
    await first.close();
    expect(readFileSync(offsetOf(), 'utf8')).toBe(
      `{"v":1,"seq":4,"leafHash":"${stream.hashAt(4)}"}\n`,
    );
    stream.append(2);
    stream.rotate();
    stream.append(2);
    const sink = new ScriptedSink();
    ship(sink).advance(9);
    await until(() => sink.records.length === 4);
    expect(sink.seqs).toEqual([5, 6, 7, 8]);
  });

  it('remembers nothing that the sink has not acknowledged', async () => {
    stream.append(5);
    const sink = new ScriptedSink();
    sink.before = () => Promise.reject(codedError('ECONNREFUSED'));
    const shipper = ship(sink);
    shipper.advance(5);
    await until(() => shipper.state().error !== undefined);
    await shipper.close();
    expect(existsSync(offsetOf())).toBe(false);
    expect(shipper.state()).toMatchObject({ seq: -1, remembered: -1, lag: 5 });
  });

  it('begins anew when the offset file cannot be read as one', async () => {
    stream.append(2);
    const first = ship(new ScriptedSink());
    first.advance(2);
    await until(() => first.state().lag === 0);
    await first.close();
    for (const text of ['', '{}', '{"v":1,"seq":1}\n', `${'x'.repeat(100_000)}\n`]) {
      writeFileSync(offsetOf(), text);
      const sink = new ScriptedSink();
      const shipper = ship(sink);
      shipper.advance(2);
      await until(() => sink.records.length === 2);
      await shipper.close();
      expect(sink.seqs).toEqual([0, 1]);
    }
  });

  it('keeps the folder of the offsets private, and leaves no unfinished file', async () => {
    stream.append(3);
    const shipper = ship(new ScriptedSink());
    shipper.advance(3);
    await shipper.close();
    expect(readdirSync(join(stream.folder, 'sinks'))).toEqual(['scripted.json']);
    expect(statSync(join(stream.folder, 'sinks')).mode & 0o777).toBe(0o700);
    expect(statSync(offsetOf()).mode & 0o777).toBe(0o600);
  });

  it('refuses a name that cannot name a file', () => {
    for (const name of ['', 'A', 'a b', '../up', 'a.json', 'x'.repeat(65)]) {
      expect(() => ship(new ScriptedSink(name))).toThrow(TypeError);
    }
  });

  it('puts what comes within moments together', async () => {
    const sink = new ScriptedSink();
    const shipper = ship(sink);
    const startedAt = performance.now();
    for (let turn = 0; turn < 100; turn += 1) {
      stream.append();
      shipper.advance(stream.size);
      await wait(2);
    }
    await until(() => shipper.state().lag === 0);
    expect(sink.seqs).toEqual(numbers(0, 100));
    // A slow machine takes longer and may have more of them.
    const most = (performance.now() - startedAt) / 49 + 2;
    expect(sink.batches.length).toBeLessThan(most);
  });
});

describe('A failing sink', () => {
  it('is asked again until it takes the records, and is reported once, then its recovery', async () => {
    stream.append(5);
    const sink = new ScriptedSink();
    let failures = 0;
    sink.before = () => {
      failures += 1;
      if (failures <= 4) throw codedError('ECONNREFUSED');
    };
    const shipper = ship(sink);
    shipper.advance(5);
    await until(() => shipper.state().lag === 0);
    await until(() => events.length === 2);
    expect(sink.seqs).toEqual([0, 1, 2, 3, 4]);
    const target = { type: 'audit-sink', id: 'scripted' };
    expect(events).toEqual([
      {
        event: 'audit_sink_failed',
        level: 'warn',
        outcome: 'failure',
        target,
        reason: 'ECONNREFUSED',
      },
      { event: 'audit_sink_recovered', outcome: 'success', target, details: { retries: 4 } },
    ]);
  });

  it('does not put the text of an error, which may hold a password, into an event', async () => {
    stream.append(1);
    const sink = new ScriptedSink();
    sink.before = () => Promise.reject(new Error('postgres://app:hunter2@db/audit refused'));
    const shipper = ship(sink);
    shipper.advance(1);
    await until(() => events.length > 0);
    expect(JSON.stringify([events, shipper.state()])).not.toContain('hunter2');
    expect(events[0]?.reason).toBe('Error');
  });

  it('that fails every other time does not fill the log with its reports', async () => {
    stream.append(1);
    const sink = new ScriptedSink();
    let calls = 0;
    sink.before = () => {
      calls += 1;
      if (calls % 2 === 1) throw codedError('EPIPE');
    };
    const shipper: Shipper = ship(sink, {
      report: (event) => {
        events.push(event);
        stream.append();
        shipper.advance(stream.size);
      },
    });
    shipper.advance(1);
    await until(() => shipper.state().lag === 0 && calls >= 4);
    expect(events.map(({ event }) => event)).toEqual(['audit_sink_failed', 'audit_sink_recovered']);
  });

  it('that does not settle holds up the records, and no other call overtakes it', async () => {
    stream.append(2);
    const held = deferred<undefined>();
    const sink = new ScriptedSink();
    sink.before = () => held.promise;
    const shipper = ship(sink);
    shipper.advance(1);
    await until(() => sink.isWriting);
    shipper.advance(2);
    expect(sink.batches).toEqual([]);
    held.resolve(undefined);
    await until(() => sink.records.length === 2);
    expect(sink.seqs).toEqual([0, 1]);
  });

  it('gets a signal when the time for closing is over, and the close does not wait for it', async () => {
    stream.append(1);
    const sink = new ScriptedSink();
    let given: AbortSignal | undefined;
    const held = deferred<undefined>();
    sink.before = (_, signal) => {
      given = signal;
      return held.promise;
    };
    const shipper = ship(sink, { closeTimeoutMs: 20 });
    shipper.advance(1);
    await until(() => sink.isWriting);
    await shipper.close();
    expect(given?.aborted).toBe(true);
    held.resolve(undefined);
    await until(() => sink.records.length === 1);
    await wait(20);
    expect(existsSync(offsetOf())).toBe(false);
    expect(shipper.state().seq).toBe(-1);
  });

  it('is tried once more at the close, however long the pause was', async () => {
    stream.append(3);
    const sink = new ScriptedSink();
    sink.before = () => Promise.reject(codedError('ECONNREFUSED'));
    const shipper = ship(sink, { backoff: { firstMs: 60_000, maxMs: 60_000 } });
    shipper.advance(3);
    await until(() => events.length === 1);
    sink.before = () => undefined;
    await shipper.close();
    expect(sink.seqs).toEqual([0, 1, 2]);
    expect(shipper.state()).toEqual({ seq: 2, remembered: 2, lag: 0 });
  });
});

describe('A close', () => {
  it('ships what is durable first', async () => {
    stream.append(1500);
    const sink = new ScriptedSink();
    const shipper = ship(sink, { closeTimeoutMs: 20_000 });
    shipper.advance(1500);
    await shipper.close();
    expect(sink.records).toHaveLength(1500);
  });

  it('lets nothing through afterwards', async () => {
    stream.append(2);
    const sink = new ScriptedSink();
    const shipper = ship(sink);
    shipper.advance(1);
    await shipper.close();
    shipper.advance(2);
    await shipper.close();
    expect(sink.seqs).toEqual([0]);
  });
});

describe('Two versions of a record', () => {
  const forks = () => events.filter(({ event }) => event === 'audit_fork');

  it('stop the sink for good when the sink says that it holds another one', async () => {
    stream.append(2);
    const sink = new ScriptedSink();
    sink.before = () => Promise.reject(codedError('AUDIT_FORK'));
    const shipper = ship(sink);
    shipper.advance(2);
    await until(() => forks().length === 1);
    sink.before = () => undefined;
    stream.append(2);
    shipper.advance(4);
    await shipper.close();
    expect(sink.batches).toEqual([]);
    expect(shipper.state().error).toBe('AUDIT_FORK');
    expect(events).toEqual([
      {
        event: 'audit_fork',
        level: 'critical',
        outcome: 'failure',
        reason: 'sink-mismatch',
        target: { type: 'audit-sink', id: 'scripted' },
      },
    ]);
  });

  it('are found when the segment has another record than the offset file remembers', async () => {
    stream.append(3);
    const first = ship(new ScriptedSink());
    first.advance(3);
    await first.close();
    const kept = readFileSync(offsetOf());
    stream = new WrittenStream();
    stream.append(4, 'another history');
    const second = ship(new ScriptedSink('other'));
    second.advance(4);
    await second.close();
    writeFileSync(offsetOf(), kept);
    const sink = new ScriptedSink();
    const shipper = ship(sink);
    shipper.advance(4);
    await until(() => forks().length === 1);
    expect(forks()[0]).toMatchObject({ reason: 'offset-mismatch', details: { seq: 2 } });
    expect(sink.batches).toEqual([]);
  });

  it('are found when the sink tells another hash, whatever the offset file says', async () => {
    stream.append(3);
    const sink = new TellingSink();
    sink.held = { seq: 1, leafHash: 'ab'.repeat(32) };
    ship(sink).advance(3);
    await until(() => forks().length === 1);
    expect(forks()[0]).toMatchObject({ reason: 'sink-mismatch', details: { seq: 1 } });
    expect(sink.batches).toEqual([]);
  });

  it('are found by the offset file though the sink tells the record that the log has', async () => {
    stream.append(3);
    const shipper = ship(new ScriptedSink());
    shipper.advance(3);
    await shipper.close();
    writeFileSync(offsetOf(), `{"v":1,"seq":2,"leafHash":"${'ab'.repeat(32)}"}\n`);
    const sink = new TellingSink();
    sink.held = { seq: 1, leafHash: stream.hashAt(1) };
    ship(sink).advance(3);
    await until(() => forks().length === 1);
    expect(forks()[0]).toMatchObject({ reason: 'offset-mismatch', details: { seq: 2 } });
    expect(sink.batches).toEqual([]);
  });

  it('are found when a line that is read does not continue the one before', async () => {
    stream.append(6);
    const path = stream.segment(0);
    const changed = readFileSync(path, 'utf8').split('\n');
    changed[3] = changed[3]?.replace('user_created', 'user_deleted') ?? '';
    writeFileSync(path, changed.join('\n'));
    const sink = new ScriptedSink();
    ship(sink).advance(6);
    await until(() => forks().length === 1);
    expect(forks()[0]).toMatchObject({ reason: 'chain-broken', details: { seq: 4 } });
    expect(sink.batches).toEqual([]);
  });

  it.each([
    ['of another stream', (line: string) => line.replace('"0-teststrm:2"', '"1-teststrm:2"')],
    ['out of its place', (line: string) => line.replace('"seq":2', '"seq":3')],
    ['of another version', (line: string) => line.replace('"v":1', '"v":2')],
    ['with a CR', (line: string) => line.replace('}', '\r}')],
    ['that is too long', (line: string) => `${line}${' '.repeat(65_535)}`],
  ])('are suspected where a line is %s', async (_, change) => {
    stream.append(4);
    const lines = readFileSync(stream.segment(0), 'utf8').split('\n');
    lines[2] = change(lines[2] ?? '');
    writeFileSync(stream.segment(0), lines.join('\n'));
    ship(new ScriptedSink()).advance(4);
    await until(() => forks().length === 1);
    expect(forks()[0]).toMatchObject({ reason: 'chain-broken', details: { seq: 2 } });
  });
});

describe('A sink that tells what it holds', () => {
  it('gets what follows that, though the offset file was lost', async () => {
    stream.append(6);
    const sink = new TellingSink();
    sink.held = { seq: 3, leafHash: stream.hashAt(3) };
    ship(sink).advance(6);
    await until(() => sink.records.length === 2);
    expect(sink.seqs).toEqual([4, 5]);
  });

  it('gets again what it lost, and that is reported', async () => {
    stream.append(6);
    const first = ship(new ScriptedSink());
    first.advance(6);
    await first.close();
    const sink = new TellingSink();
    sink.held = { seq: 1, leafHash: stream.hashAt(1) };
    ship(sink).advance(6);
    await until(() => sink.records.length === 4);
    expect(sink.seqs).toEqual([2, 3, 4, 5]);
    expect(events).toEqual([
      {
        event: 'audit_sink_behind',
        level: 'warn',
        target: { type: 'audit-sink', id: 'scripted' },
        details: { held: 1, acknowledged: 5 },
      },
    ]);
  });

  it('gets nothing while the log is shorter than what it holds', async () => {
    stream.append(3);
    const sink = new TellingSink();
    sink.held = { seq: 7, leafHash: 'ab'.repeat(32) };
    const shipper = ship(sink);
    shipper.advance(3);
    await until(() => events.length === 1);
    expect(events[0]).toMatchObject({
      event: 'audit_sink_failed',
      reason: 'AUDIT_LOG_ROLLED_BACK',
    });
    expect(sink.batches).toEqual([]);
  });

  it.each([
    { seq: -1, leafHash: 'ab'.repeat(32) },
    { seq: 1.5, leafHash: 'ab'.repeat(32) },
    { seq: 0, leafHash: 'AB' },
  ])('is not believed when it says %j', async (held) => {
    stream.append(1);
    const sink = new TellingSink();
    sink.held = held;
    ship(sink).advance(1);
    await until(() => events.length === 1);
    expect(events[0]).toMatchObject({ event: 'audit_sink_failed', reason: 'TypeError' });
  });
});

describe('A log whose oldest segments were pruned', () => {
  it('is shipped from its first record that is left, and the gap is reported', async () => {
    stream.append(4);
    stream.rotate();
    stream.append(3);
    rmSync(stream.segment(0));
    const sink = new ScriptedSink();
    ship(sink).advance(7);
    await until(() => sink.records.length === 3);
    expect(sink.seqs).toEqual([4, 5, 6]);
    expect(events).toEqual([
      {
        event: 'audit_sink_gap',
        level: 'warn',
        target: { type: 'audit-sink', id: 'scripted' },
        details: { from: 0, through: 3 },
      },
    ]);
  });

  it('must continue what the sink has, when the next record is left', async () => {
    stream.append(4);
    const first = ship(new ScriptedSink());
    first.advance(4);
    await first.close();
    stream.rotate();
    stream.append(1);
    rmSync(stream.segment(0));
    writeFileSync(offsetOf(), `{"v":1,"seq":3,"leafHash":"${'ab'.repeat(32)}"}\n`);
    ship(new ScriptedSink()).advance(5);
    await until(() => events.length === 1);
    expect(events[0]).toMatchObject({ event: 'audit_fork', reason: 'chain-broken' });
  });
});

describe('A record that was flushed and is gone', () => {
  it('is reported, and shipped when it is back', async () => {
    stream.append(4);
    const whole = readFileSync(stream.segment(0));
    writeFileSync(stream.segment(0), whole.subarray(0, whole.length - 5));
    const sink = new ScriptedSink();
    const shipper = ship(sink);
    shipper.advance(4);
    await until(() => events.length === 1);
    expect(events[0]).toMatchObject({ event: 'audit_sink_failed', reason: 'AUDIT_LOG_DAMAGED' });
    expect(sink.seqs).toEqual([0, 1, 2]);
    writeFileSync(stream.segment(0), whole);
    await until(() => sink.records.length === 4);
  });
});

describe('A checkpoint', () => {
  it('follows the records that it covers, the newest of those that wait', async () => {
    stream.append(4);
    const sink = new ScriptedSink();
    const held = deferred<undefined>();
    sink.before = () => held.promise;
    const shipper = ship(sink);
    shipper.advance(4);
    await until(() => sink.isWriting);
    const notes = [2, 3, 4].map((size) => stream.note({ size }));
    for (const note of notes) shipper.offer(note);
    expect(sink.checkpoints).toEqual([]);
    held.resolve(undefined);
    await until(() => sink.checkpoints.length > 0);
    expect(sink.checkpoints).toEqual([notes[2]]);
  });

  it('waits for records that are not durable yet', async () => {
    stream.append(4);
    const sink = new ScriptedSink();
    const shipper = ship(sink);
    shipper.advance(2);
    shipper.offer(stream.note({ size: 4 }));
    await until(() => shipper.state().lag === 0);
    expect(sink.checkpoints).toEqual([]);
    shipper.advance(4);
    await until(() => sink.checkpoints.length === 1);
  });

  it('gets its turn though newer ones keep coming', async () => {
    stream.append(40);
    const sink = new ScriptedSink();
    const shipper = ship(sink);
    for (let size = 2; size <= 40; size += 2) {
      shipper.offer(stream.note({ size }));
      shipper.advance(size - 1);
      await until(() => shipper.state().lag === 0);
    }
    await until(() => sink.checkpoints.length >= 1);
    expect(sink.seqs).toEqual(numbers(0, 39));
  });

  it('must be one of the stream', () => {
    const shipper = ship(new ScriptedSink());
    const other = new WrittenStream('1-teststrm');
    for (const note of ['', 'x', other.note({ size: 0 })]) {
      expect(() => shipper.offer(note)).toThrow(TypeError);
    }
  });
});
