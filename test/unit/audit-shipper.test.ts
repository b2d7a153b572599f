import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { AuditEvent } from '../../lib/audit/record/audit-event.js';
import { deferred } from '../support/deferred.js';
import { codedError, ScriptedSink } from '../support/scripted-sink.js';
import { numbers, Shipping } from '../support/shipping.js';
import { until } from '../support/until.js';
import { WrittenStream } from '../support/written-stream.js';

let shipping: Shipping;
let stream: WrittenStream;
let events: AuditEvent[];

beforeEach(() => {
  shipping = new Shipping();
  ({ stream, events } = shipping);
});

afterEach(() => shipping.end());

describe('Shipper', () => {
  it('brings every durable record to the sink, in order and to the byte', async () => {
    stream.append(3, 'Zoë – 日本語 🔒');
    const sink = new ScriptedSink();
    const shipper = shipping.ship(sink);
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
    const shipper = shipping.ship(sink);
    shipper.advance(4);
    await until(() => sink.records.length === 4);
    await shipper.close();
    expect(sink.seqs).toEqual([0, 1, 2, 3]);
    expect(shipper.state().lag).toBe(0);
  });

  it('follows the stream through its segments while they are written', async () => {
    const sink = new ScriptedSink();
    const shipper = shipping.ship(sink);
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
    shipping.ship(sink).advance(7);
    await until(() => sink.records.length === 7);
    expect(sink.records.map(({ line }) => line)).toEqual(stream.lines);
  });

  it('hands over at most 500 records and 1 MiB at once', async () => {
    stream.append(1200);
    stream.append(60, 'x'.repeat(60_000));
    const sink = new ScriptedSink();
    shipping.ship(sink).advance(stream.size);
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
    const first = shipping.ship(new ScriptedSink());
    first.advance(5);
    await until(() => first.state().lag === 0);
    await first.close();
    expect(readFileSync(shipping.offsetOf(), 'utf8')).toBe(
      `{"v":1,"seq":4,"leafHash":"${stream.hashAt(4)}"}\n`,
    );
    stream.append(2);
    stream.rotate();
    stream.append(2);
    const sink = new ScriptedSink();
    shipping.ship(sink).advance(9);
    await until(() => sink.records.length === 4);
    expect(sink.seqs).toEqual([5, 6, 7, 8]);
  });

  it('remembers at the close what came within moments of the last save', async () => {
    const shipper = shipping.ship(new ScriptedSink());
    for (let size = 1; size <= 3; size += 1) {
      stream.append();
      shipper.advance(size);
      await until(() => shipper.state().lag === 0);
    }
    await shipper.close();
    expect(shipper.state()).toEqual({ seq: 2, remembered: 2, lag: 0 });
    expect(readFileSync(shipping.offsetOf(), 'utf8')).toContain(stream.hashAt(2));
  });

  it('remembers nothing that the sink has not acknowledged', async () => {
    stream.append(5);
    const sink = new ScriptedSink();
    sink.before = () => Promise.reject(codedError('ECONNREFUSED'));
    const shipper = shipping.ship(sink, { closeTimeoutMs: 50 });
    shipper.advance(5);
    await until(() => shipper.state().error !== undefined);
    await shipper.close();
    expect(existsSync(shipping.offsetOf())).toBe(false);
    expect(shipper.state()).toMatchObject({ seq: -1, remembered: -1, lag: 5 });
  });

  it('begins anew when the offset file cannot be read as one', async () => {
    stream.append(2);
    const first = shipping.ship(new ScriptedSink());
    first.advance(2);
    await until(() => first.state().lag === 0);
    await first.close();
    for (const text of ['', '{}', '{"v":1,"seq":1}\n', `${'x'.repeat(100_000)}\n`]) {
      writeFileSync(shipping.offsetOf(), text);
      const sink = new ScriptedSink();
      const shipper = shipping.ship(sink);
      shipper.advance(2);
      await until(() => sink.records.length === 2);
      await shipper.close();
      expect(sink.seqs).toEqual([0, 1]);
    }
  });

  it('keeps the folder of the offsets private, and leaves no unfinished file', async () => {
    stream.append(3);
    const shipper = shipping.ship(new ScriptedSink());
    shipper.advance(3);
    await shipper.close();
    expect(readdirSync(join(stream.folder, 'sinks'))).toEqual(['scripted.json']);
    expect(statSync(join(stream.folder, 'sinks')).mode & 0o777).toBe(0o700);
    expect(statSync(shipping.offsetOf()).mode & 0o777).toBe(0o600);
  });

  it('refuses a name that cannot name a file', () => {
    for (const name of ['', 'A', 'a b', '../up', 'a.json', 'x'.repeat(65)]) {
      expect(() => shipping.ship(new ScriptedSink(name))).toThrow(TypeError);
    }
  });

  it('puts what comes within moments together', async () => {
    const sink = new ScriptedSink();
    const shipper = shipping.ship(sink);
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

describe('A log whose oldest segments were pruned', () => {
  it('is shipped from its first record that is left, and the gap is reported', async () => {
    stream.append(4);
    stream.rotate();
    stream.append(3);
    rmSync(stream.segment(0));
    const sink = new ScriptedSink();
    shipping.ship(sink).advance(7);
    await until(() => sink.records.length === 3);
    expect(sink.seqs).toEqual([4, 5, 6]);
    expect(events).toEqual([
      {
        event: 'audit_sink_gap',
        level: 'critical',
        target: { type: 'audit-sink', id: 'scripted' },
        details: { from: 0, through: 3 },
      },
    ]);
  });

  it('must continue what the sink has, when the next record is left', async () => {
    stream.append(4);
    const first = shipping.ship(new ScriptedSink());
    first.advance(4);
    await first.close();
    stream.rotate();
    stream.append(1);
    rmSync(stream.segment(0));
    writeFileSync(shipping.offsetOf(), `{"v":1,"seq":3,"leafHash":"${'ab'.repeat(32)}"}\n`);
    shipping.ship(new ScriptedSink()).advance(5);
    await until(() => events.length === 1);
    expect(events[0]).toMatchObject({ event: 'audit_fork', reason: 'chain-broken' });
  });
});

describe('A checkpoint', () => {
  it('follows the records that it covers, the newest of those that wait', async () => {
    stream.append(4);
    const sink = new ScriptedSink();
    const held = deferred<undefined>();
    sink.before = () => held.promise;
    const shipper = shipping.ship(sink);
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
    const shipper = shipping.ship(sink);
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
    const shipper = shipping.ship(sink);
    for (let size = 2; size <= 40; size += 2) {
      shipper.offer(stream.note({ size }));
      shipper.advance(size - 1);
      await until(() => shipper.state().lag === 0);
    }
    await until(() => sink.checkpoints.length >= 1);
    expect(sink.seqs).toEqual(numbers(0, 39));
  });

  it('must be one of the stream', () => {
    const shipper = shipping.ship(new ScriptedSink());
    const other = new WrittenStream('1-teststrm');
    for (const note of ['', 'x', other.note({ size: 0 })]) {
      expect(() => shipper.offer(note)).toThrow(TypeError);
    }
  });
});
