import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { AuditEvent } from '../../lib/audit/record/audit-event.js';
import type { Shipper } from '../../lib/audit/ship/shipper.js';
import { deferred } from '../support/deferred.js';
import { codedError, ScriptedSink } from '../support/scripted-sink.js';
import { Shipping } from '../support/shipping.js';
import { until } from '../support/until.js';
import type { WrittenStream } from '../support/written-stream.js';

let shipping: Shipping;
let stream: WrittenStream;
let events: AuditEvent[];

beforeEach(() => {
  shipping = new Shipping();
  ({ stream, events } = shipping);
});

afterEach(() => shipping.end());

describe('A failing sink', () => {
  it('is asked again until it takes the records, and is reported once, then its recovery', async () => {
    stream.append(5);
    const sink = new ScriptedSink();
    let failures = 0;
    sink.before = () => {
      failures += 1;
      if (failures <= 4) throw codedError('ECONNREFUSED');
    };
    const shipper = shipping.ship(sink);
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
    const shipper = shipping.ship(sink, { closeTimeoutMs: 1 });
    shipper.advance(1);
    await until(() => events.length > 0);
    expect(JSON.stringify([events, shipper.state()])).not.toContain('hunter2');
    expect(events[0]?.reason).toBe('Error');
  });

  it('is tried again though its error throws when it is read', async () => {
    stream.append(1);
    const sink = new ScriptedSink();
    const error = new Proxy(new Error('x'), { get: () => JSON.parse('{') as unknown });
    sink.before = () => {
      sink.before = () => undefined;
      return Promise.reject(error);
    };
    const shipper = shipping.ship(sink);
    shipper.advance(1);
    await until(() => shipper.state().lag === 0);
    expect(events[0]).toMatchObject({ event: 'audit_sink_failed', reason: 'unknown' });
  });

  it('that fails every other time does not fill the log with its reports', async () => {
    stream.append(1);
    const sink = new ScriptedSink();
    let calls = 0;
    sink.before = () => {
      calls += 1;
      if (calls % 2 === 1) throw codedError('EPIPE');
    };
    const shipper: Shipper = shipping.ship(sink, {
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
    const shipper = shipping.ship(sink);
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
    const shipper = shipping.ship(sink, { closeTimeoutMs: 20 });
    shipper.advance(1);
    await until(() => sink.isWriting);
    await shipper.close();
    expect(given?.aborted).toBe(true);
    held.resolve(undefined);
    await until(() => sink.records.length === 1);
    await wait(20);
    expect(existsSync(shipping.offsetOf())).toBe(false);
    expect(shipper.state().seq).toBe(-1);
  });

  it('is tried once more at the close, however long the pause was', async () => {
    stream.append(3);
    const sink = new ScriptedSink();
    sink.before = () => Promise.reject(codedError('ECONNREFUSED'));
    const shipper = shipping.ship(sink, { backoff: { firstMs: 60_000, maxMs: 60_000 } });
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
    const shipper = shipping.ship(sink, { closeTimeoutMs: 20_000 });
    shipper.advance(1500);
    await shipper.close();
    expect(sink.records).toHaveLength(1500);
  });

  it('lets nothing through afterwards', async () => {
    stream.append(2);
    const sink = new ScriptedSink();
    const shipper = shipping.ship(sink);
    shipper.advance(1);
    await shipper.close();
    shipper.advance(2);
    await shipper.close();
    expect(sink.seqs).toEqual([0]);
  });
});

describe('A record that was flushed and is gone', () => {
  it('is reported, and shipped when it is back', async () => {
    stream.append(4);
    const whole = readFileSync(stream.segment(0));
    writeFileSync(stream.segment(0), whole.subarray(0, whole.length - 5));
    const sink = new ScriptedSink();
    const shipper = shipping.ship(sink);
    shipper.advance(4);
    await until(() => events.length === 1);
    expect(events[0]).toMatchObject({ event: 'audit_sink_failed', reason: 'AUDIT_LOG_DAMAGED' });
    expect(sink.seqs).toEqual([0, 1, 2]);
    writeFileSync(stream.segment(0), whole);
    await until(() => sink.records.length === 4);
  });
});
