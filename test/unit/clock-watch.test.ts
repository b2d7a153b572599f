import { jest } from '@jest/globals';
import { ClockWatch } from '../../lib/audit/capture/clock-watch.js';
import { settle, startServices } from '../support/services.js';

function watched() {
  const clocks = { wall: 1_700_000_000_000, monotonic: 5_000 };
  const watch = new ClockWatch({ wall: () => clocks.wall, monotonic: () => clocks.monotonic });
  const pass = (ms: number, setBy = 0): number | undefined => {
    clocks.wall += ms + setBy;
    clocks.monotonic += ms;
    return watch.check();
  };
  return { pass };
}

describe('ClockWatch', () => {
  it('says nothing while both clocks go alike', () => {
    const { pass } = watched();
    expect([pass(0), pass(1_000), pass(3_600_000)]).toEqual([undefined, undefined, undefined]);
  });

  it('tells a step of more than a second once, with its direction', () => {
    const { pass } = watched();
    expect([pass(1_000, 90_000), pass(1_000)]).toEqual([90_000, undefined]);
    expect([pass(1_000, -1_001), pass(1_000)]).toEqual([-1_001, undefined]);
  });

  it('takes a second, and what is slewed little by little, for no step', () => {
    const { pass } = watched();
    expect([pass(1_000, 1_000), pass(1_000, -1_000)]).toEqual([undefined, undefined]);
    const slewed = Array.from({ length: 100 }, () => pass(1_000, 500));
    expect(new Set(slewed)).toEqual(new Set([undefined]));
  });
});

describe('A log with the default clock', () => {
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  async function setTheTimeOf(security: { clock?: () => number }) {
    // The timers only: the clocks are what is set.
    jest.useFakeTimers({ doNotFake: ['Date', 'performance', 'setImmediate', 'nextTick'] });
    const wall = jest.spyOn(Date, 'now');
    const { module, log } = await startServices(security);
    wall.mockImplementation(() => new Date().getTime() - 7_200_000);
    jest.advanceTimersByTime(5_000);
    await settle();
    const steps = log.recordsOf('audit_clock_stepped');
    await module.close();
    return steps;
  }

  it('records that the time was set, once', async () => {
    const steps = await setTheTimeOf({});
    expect(steps.map(({ level }) => level)).toEqual(['warn']);
    const [byMs = 0] = steps.map(({ details }) => (details as { byMs: number }).byMs);
    expect(Math.abs(byMs + 7_200_000)).toBeLessThan(1_000);
  });

  it('does not watch a clock that the application brings', async () => {
    expect(await setTheTimeOf({ clock: () => 1_700_000_000_000 })).toEqual([]);
  });
});
