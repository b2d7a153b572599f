import { jest } from '@jest/globals';
import { AuditError } from '../../lib/errors/audit.error.js';
import type { AuditEvent } from '../../lib/audit/record/audit-event.js';
import { backoffMs, DEFAULT_BACKOFF } from '../../lib/audit/ship/backoff.js';
import { Outage } from '../../lib/audit/ship/outage.js';
import { WatchedCall } from '../../lib/audit/ship/watched-call.js';
import { codedError } from '../support/scripted-sink.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const FAILED = 'audit_sink_failed';
const RECOVERED = 'audit_sink_recovered';

function outage() {
  const events: AuditEvent[] = [];
  const target = { type: 'audit-sink', id: 'siem' };
  const report = (event: AuditEvent) => void events.push(event);
  return { events, outage: new Outage({ failed: FAILED, recovered: RECOVERED, target }, report) };
}

const names = (events: readonly AuditEvent[]) => events.map(({ event }) => event);

describe('Outage', () => {
  it('reports the first failure and the recovery, with the number of failures between', () => {
    const { outage: siem, events } = outage();
    for (let tries = 1; tries <= 5; tries += 1)
      expect(siem.failed(codedError('EPIPE'))).toBe(tries);
    siem.succeeded();
    siem.succeeded();
    expect(events).toMatchObject([
      { event: FAILED },
      { event: RECOVERED, details: { retries: 5 } },
    ]);
    expect(siem.reason).toBeUndefined();
  });

  it('reports one that begins within a minute of the last report only if it outlasts the minute', () => {
    const { outage: siem, events } = outage();
    siem.failed(codedError('EPIPE'));
    siem.succeeded();
    siem.failed(codedError('EPIPE'));
    siem.succeeded();
    expect(names(events)).toEqual([FAILED, RECOVERED]);
    siem.failed(codedError('EPIPE'));
    jest.advanceTimersByTime(59_000);
    siem.failed(codedError('EPIPE'));
    expect(names(events)).toEqual([FAILED, RECOVERED]);
    jest.advanceTimersByTime(2_000);
    siem.failed(codedError('EPIPE'));
    siem.succeeded();
    expect(names(events)).toEqual([FAILED, RECOVERED, FAILED, RECOVERED]);
    expect(events[3]?.details).toEqual({ retries: 3 });
  });

  it.each<[unknown, string]>([
    [codedError('23505'), '23505'],
    [codedError('a code with spaces'), 'unknown'],
    [codedError('x'.repeat(65)), 'unknown'],
    [new RangeError('no'), 'RangeError'],
    ['text', 'unknown'],
    [undefined, 'unknown'],
    [{ name: Symbol('x') }, 'unknown'],
  ])('gives the code or the name of an error as the reason: %p', (error, reason) => {
    const { outage: siem, events } = outage();
    siem.failed(error);
    expect(events[0]?.reason).toBe(reason);
    expect(events[0]?.details).toBeUndefined();
  });

  it('tells the text of our own errors only', () => {
    const { outage: siem, events } = outage();
    siem.failed(new AuditError('AUDIT_ANCHOR_FAILED', 'what to do'));
    expect(events[0]?.details).toEqual({ error: 'what to do' });
  });
});

describe('backoffMs', () => {
  it('doubles up to 30 seconds, and leaves half of it to chance', () => {
    const longest = [200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000];
    longest.forEach((ms, index) => {
      const pauses = Array.from({ length: 200 }, () => backoffMs(index + 1, DEFAULT_BACKOFF));
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(ms / 2);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(ms + 1);
      expect(new Set(pauses).size).toBeGreaterThan(10);
    });
    expect(backoffMs(1e9, DEFAULT_BACKOFF)).toBeLessThanOrEqual(30_000);
  });
});

describe('WatchedCall', () => {
  it('tells of a call that takes more than 30 seconds, asks it to give up, and waits for it', async () => {
    const overdue: unknown[] = [];
    const call = new WatchedCall((error) => void overdue.push(error));
    let given: AbortSignal | undefined;
    let end: (value: string) => void = () => undefined;
    const result = call.run((signal) => {
      given = signal;
      return new Promise<string>((resolve) => (end = resolve));
    });
    jest.advanceTimersByTime(29_000);
    expect([given?.aborted, overdue.length]).toEqual([false, 0]);
    jest.advanceTimersByTime(2_000);
    expect([given?.aborted, overdue]).toMatchObject([true, [{ code: 'timeout' }]]);
    end('late');
    expect(await result).toBe('late');
    jest.advanceTimersByTime(60_000);
    expect(overdue).toHaveLength(1);
  });
});
