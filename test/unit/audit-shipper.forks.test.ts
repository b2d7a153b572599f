import { readFileSync, writeFileSync } from 'node:fs';
import type { AuditEvent } from '../../lib/audit/record/audit-event.js';
import { codedError, ScriptedSink, TellingSink } from '../support/scripted-sink.js';
import { Shipping } from '../support/shipping.js';
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

describe('Two versions of a record', () => {
  const forks = () => events.filter(({ event }) => event === 'audit_fork');

  it('stop the sink for good when the sink says that it holds another one', async () => {
    stream.append(2);
    const sink = new ScriptedSink();
    sink.before = () => Promise.reject(codedError('AUDIT_FORK'));
    const shipper = shipping.ship(sink);
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
    const first = shipping.ship(new ScriptedSink());
    first.advance(3);
    await first.close();
    const kept = readFileSync(shipping.offsetOf());
    shipping.stream = new WrittenStream();
    shipping.stream.append(4, 'another history');
    const second = shipping.ship(new ScriptedSink('other'));
    second.advance(4);
    await second.close();
    writeFileSync(shipping.offsetOf(), kept);
    const sink = new ScriptedSink();
    const shipper = shipping.ship(sink);
    shipper.advance(4);
    await until(() => forks().length === 1);
    expect(forks()[0]).toMatchObject({ reason: 'offset-mismatch', details: { seq: 2 } });
    expect(sink.batches).toEqual([]);
  });

  it('are found when the sink tells another hash, whatever the offset file says', async () => {
    stream.append(3);
    const sink = new TellingSink();
    sink.held = { seq: 1, leafHash: 'ab'.repeat(32) };
    shipping.ship(sink).advance(3);
    await until(() => forks().length === 1);
    expect(forks()[0]).toMatchObject({ reason: 'sink-mismatch', details: { seq: 1 } });
    expect(sink.batches).toEqual([]);
  });

  it('are found by the offset file though the sink tells the record that the log has', async () => {
    stream.append(3);
    const shipper = shipping.ship(new ScriptedSink());
    shipper.advance(3);
    await shipper.close();
    writeFileSync(shipping.offsetOf(), `{"v":1,"seq":2,"leafHash":"${'ab'.repeat(32)}"}\n`);
    const sink = new TellingSink();
    sink.held = { seq: 1, leafHash: stream.hashAt(1) };
    shipping.ship(sink).advance(3);
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
    shipping.ship(sink).advance(6);
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
    shipping.ship(new ScriptedSink()).advance(4);
    await until(() => forks().length === 1);
    expect(forks()[0]).toMatchObject({ reason: 'chain-broken', details: { seq: 2 } });
  });
});

describe('A sink that tells what it holds', () => {
  it('gets what follows that, though the offset file was lost', async () => {
    stream.append(6);
    const sink = new TellingSink();
    sink.held = { seq: 3, leafHash: stream.hashAt(3) };
    shipping.ship(sink).advance(6);
    await until(() => sink.records.length === 2);
    expect(sink.seqs).toEqual([4, 5]);
  });

  it('gets again what it lost, and that is reported', async () => {
    stream.append(6);
    const first = shipping.ship(new ScriptedSink());
    first.advance(6);
    await first.close();
    const sink = new TellingSink();
    sink.held = { seq: 1, leafHash: stream.hashAt(1) };
    shipping.ship(sink).advance(6);
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
    const shipper = shipping.ship(sink, { closeTimeoutMs: 1 });
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
    shipping.ship(sink, { closeTimeoutMs: 1 }).advance(1);
    await until(() => events.length === 1);
    expect(events[0]).toMatchObject({ event: 'audit_sink_failed', reason: 'TypeError' });
  });
});
