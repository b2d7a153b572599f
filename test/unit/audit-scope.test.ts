import { jest } from '@jest/globals';
import { AuditService, SecurityEvents } from 'nestjs-security';
import { AuditScope } from '../../lib/audit/capture/audit-scope.js';
import { startServices } from '../support/services.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('AuditService.scope', () => {
  it('gives records their fields, also after an await, and none outside', async () => {
    const { module, log } = await startServices();
    const audit = module.get(AuditService);
    const given = await audit.scope(
      { actor: { type: 'job', id: 'export' }, req: 'run-1' },
      async () => {
        await pause(1);
        audit.emit({ event: 'user_created' });
        await audit.record({ event: 'user_updated' });
        return 'done';
      },
    );
    await audit.record({ event: 'user_deleted' });
    expect(given).toBe('done');
    const [created, updated, deleted] = log.records;
    const expected = { actor: { type: 'job', id: 'export' }, req: 'run-1' };
    expect(created).toMatchObject(expected);
    expect(updated).toMatchObject(expected);
    expect(deleted).not.toHaveProperty('actor');
    expect(deleted).not.toHaveProperty('req');
  });

  it('runs a function that does not wait, and lets its error through', async () => {
    const { module } = await startServices();
    const audit = module.get(AuditService);
    expect(audit.scope({}, () => 1)).toBe(1);
    const fail = (): never => {
      throw new RangeError('of the function');
    };
    expect(() => audit.scope({}, fail)).toThrow('of the function');
  });

  it('does not mix scopes that run at the same time', async () => {
    const { module, log } = await startServices();
    const audit = module.get(AuditService);
    const job = (index: number): Promise<void> =>
      audit.scope({ actor: { id: `${index}` } }, async () => {
        for (let step = 0; step < 3; step += 1) {
          await pause(Math.random() * 5);
          await audit.record({ event: 'user_created', details: { index: `${index}` } });
        }
      });
    await Promise.all(Array.from({ length: 20 }, (_, index) => job(index)));
    const pairs = log.records.map(({ actor, details }) => [
      (actor as { id: string }).id,
      (details as { index: string }).index,
    ]);
    expect(pairs).toHaveLength(60);
    expect(pairs.filter(([one, other]) => one !== other)).toEqual([]);
  });
});

describe('AuditScope', () => {
  const scope = new AuditScope();
  const event = { event: 'user_created' } as const;

  it('lets the inner scope win field by field, and replaces an actor as a whole', () => {
    const outer = { actor: { type: 'user', id: '1' }, req: 'a', trace: '0a'.repeat(16) };
    const applied = scope.run(outer, () =>
      scope.run({ actor: { id: '2' }, req: 'b' }, () => scope.apply(event)),
    );
    expect(applied).toEqual({ ...event, actor: { id: '2' }, req: 'b', trace: outer.trace });
  });

  it('lets the fields of the event win, other than those that are undefined', () => {
    const context = { actor: { id: '1' }, target: { type: 'file', id: '2' } };
    const given = { ...event, actor: { id: '3' }, target: undefined } as unknown as typeof event;
    expect(scope.run(context, () => scope.apply(given))).toEqual({
      ...event,
      actor: { id: '3' },
      target: { type: 'file', id: '2' },
    });
  });

  it('gives the tenant to an actor that names none, and to a record without one', () => {
    const withActor = (actor: object) => scope.apply({ ...event, actor }).actor;
    scope.run({ tenant: 'acme' }, () => {
      expect(scope.apply(event).actor).toEqual({ tenant: 'acme' });
      expect(withActor({ id: '1' })).toEqual({ id: '1', tenant: 'acme' });
      expect(withActor({ id: '1', tenant: 'other' })).toEqual({ id: '1', tenant: 'other' });
    });
    expect.assertions(3);
  });

  it('leaves an event as it is outside of every scope', () => {
    expect(scope.apply(event)).toBe(event);
  });

  it('refuses a field that a scope does not have, and names the nearest', () => {
    expect(() => scope.run({ actr: {} } as object, () => 1)).toThrow(/actr.*actor/);
  });
});

describe('What features report', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('has the scope in which it was reported, but not when it was counted for many', () => {
    jest.useFakeTimers();
    let now = 0;
    const scope = new AuditScope();
    const events = new SecurityEvents(() => now);
    const heard: unknown[] = [];
    events.subscribe((event) => {
      heard.push([scope.apply({ event: event.event }).req, event.n]);
    });
    const reportIn = (req: string, at: number): void => {
      now = at;
      scope.run({ req }, () => events.report({ event: 'totp_refused', outcome: 'failure' }));
    };
    reportIn('a', 0);
    reportIn('b', 10);
    reportIn('c', 1_500);
    now = 3_000;
    scope.run({ req: 'd' }, () => jest.advanceTimersByTime(1_000));
    reportIn('e', 9_000);
    reportIn('f', 9_001);
    scope.run({ req: 'g' }, () => events.flush());
    expect(heard).toEqual([
      ['a', undefined],
      [undefined, 1],
      [undefined, 1],
      ['e', undefined],
      [undefined, 1],
    ]);
  });
});
