import { jest } from '@jest/globals';
import { SecurityEvents, type SecurityEvent } from 'nestjs-security';

const refused = (reason: string, ua = ''): SecurityEvent => ({
  event: 'webhook_refused',
  outcome: 'failure',
  reason,
  target: { type: 'webhook-receiver', id: 'github' },
  origin: { ua },
});
const used = (id: string, ip: string): SecurityEvent => ({
  event: 'api_key_used',
  outcome: 'success',
  actor: { type: 'api-key', id },
  origin: { ip },
});

describe('SecurityEvents', () => {
  let now: number;
  let heard: SecurityEvent[];
  let events: SecurityEvents;

  beforeEach(() => {
    jest.useFakeTimers();
    now = 0;
    heard = [];
    events = new SecurityEvents(() => now);
    events.subscribe((event) => heard.push(event));
  });
  afterEach(() => {
    events.flush();
    jest.useRealTimers();
  });

  function pass(milliseconds: number): void {
    for (let left = milliseconds; left > 0; left -= 100) {
      now += 100;
      jest.advanceTimersByTime(100);
    }
  }

  function counts(): (number | undefined)[] {
    return heard.map(({ n }) => n);
  }

  it('delivers the first failure at once and counts its repetitions within a second', () => {
    for (let time = 0; time < 50; time += 1) events.report(refused('signature-mismatch'));
    expect(counts()).toEqual([undefined]);
    pass(1200);
    expect(counts()).toEqual([undefined, 49]);
  });

  it('keeps what strangers repeat within the budget, and room for those who are known', () => {
    const count = (): number => heard.reduce((sum, { n }) => sum + (n ?? 1), 0);
    let sent = 0;
    let counted = 0;
    for (let second = 0; second < 45; second += 1) {
      counted += count();
      heard = [];
      for (const rest of [300, 300, 400]) {
        for (let kind = 0; kind < second * 25; kind += 1) {
          events.report(refused('signature-mismatch', `${kind}${'u'.repeat(250)}`));
          sent += 1;
        }
        pass(rest);
      }
    }
    expect(JSON.stringify(heard).length).toBeLessThan(2 * 16 * 1024);
    events.report(used('ci', '::1'));
    expect(heard.at(-1)).toMatchObject({ event: 'api_key_used' });
    events.flush();
    expect(counted + count()).toBe(sent + 1);
  });

  it('is not stopped by a listener that throws', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    events.subscribe(() => {
      throw new Error('no');
    });
    const after: SecurityEvent[] = [];
    events.subscribe((event) => after.push(event));
    events.report(refused('signature-mismatch'));
    expect([heard.length, after.length]).toEqual([1, 1]);
    expect(warn).toHaveBeenCalledWith('A listener of SecurityEvents threw at webhook_refused.');
    warn.mockRestore();
  });

  it('gives a steady stream one event a second and loses none', () => {
    for (let time = 0; time < 100; time += 1) {
      events.report(refused('signature-mismatch'));
      pass(100);
    }
    events.flush();
    expect(heard.length).toBeLessThanOrEqual(13);
    expect(counts().reduce<number>((sum, n) => sum + (n ?? 1), 0)).toBe(100);
  });

  it('keeps different failures apart', () => {
    events.report(refused('signature-mismatch'));
    events.report(refused('signature-missing'));
    expect(heard).toHaveLength(2);
  });

  it('delivers every login, since none is like another', () => {
    for (let time = 0; time < 5; time += 1)
      events.report({ event: 'password_verified', outcome: 'success' });
    expect(heard).toHaveLength(5);
  });

  it('gives the uses of an API key one event a minute, wherever they come from', () => {
    for (let second = 0; second < 60; second += 1) {
      events.report(used('ci', `10.0.0.${second}`));
      pass(1000);
    }
    events.report(used('other', '10.0.0.1'));
    events.flush();
    expect(
      heard.filter((event) => 'actor' in event && event.actor?.id === 'ci').length,
    ).toBeLessThanOrEqual(2);
    expect(counts().reduce<number>((sum, n) => sum + (n ?? 1), 0)).toBe(61);
  });

  it('bounds what strangers can write, and says how much was left out', () => {
    const agent = 'x'.repeat(200);
    for (let time = 0; time < 10_000; time += 1)
      events.report(refused('signature-mismatch', `${agent}${time}`));
    expect(JSON.stringify(heard).length).toBeLessThan(20_000);
    const before = heard.length;
    pass(1200);
    const suppressed = heard.find(({ event }) => event === 'security_events_suppressed');
    expect(suppressed?.n).toBe(10_000 - before);
  });

  it('lets nobody crowd out what becomes of the keys', () => {
    for (let time = 0; time < 10_000; time += 1)
      events.report(refused('x', `${'x'.repeat(200)}${time}`));
    events.report({
      event: 'key_ring_stale',
      outcome: 'failure',
      target: { type: 'key-provider', id: 'vault' },
    });
    expect(heard.at(-1)?.event).toBe('key_ring_stale');
  });

  it('has room again a second later', () => {
    for (let time = 0; time < 1000; time += 1)
      events.report(refused('signature-mismatch', `${'x'.repeat(99)}${time}`));
    pass(1200);
    heard.length = 0;
    events.report(refused('signature-missing'));
    expect(heard).toHaveLength(1);
  });

  it('delivers what was counted when it is flushed', () => {
    events.report(refused('signature-mismatch'));
    events.report(refused('signature-mismatch'));
    events.flush();
    expect(counts()).toEqual([undefined, 1]);
  });

  it('tells a listener nothing after it unsubscribed', () => {
    const late: SecurityEvent[] = [];
    events.subscribe((event) => late.push(event))();
    events.report(refused('signature-mismatch'));
    expect(late).toEqual([]);
  });
});
