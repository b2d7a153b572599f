import { jest } from '@jest/globals';
import fc from 'fast-check';
import { AdmissionComparison, type AdmissionStep } from '../support/admission-comparison.js';
import { settled } from '../support/admission-jobs.js';

const anyLimits = fc.record({
  concurrency: fc.integer({ min: 1, max: 4 }),
  memoryKiB: fc.integer({ min: 1, max: 100 }),
  maxQueued: fc.integer({ min: 0, max: 6 }),
});
const pick = fc.nat({ max: 1000 });
const act = <Name extends string>(name: Name) => fc.constant(name);
const send = fc.record({
  act: act('send'),
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  memoryKiB: fc.integer({ min: 0, max: 120 }),
  timeoutMs: fc.integer({ min: 1, max: 100 }),
});
const anyStep: fc.Arbitrary<AdmissionStep> = fc.oneof(
  { weight: 6, arbitrary: send },
  { weight: 2, arbitrary: fc.record({ act: act('end'), pick }) },
  { weight: 1, arbitrary: fc.record({ act: act('fail'), pick }) },
  { weight: 1, arbitrary: fc.record({ act: act('abort'), pick }) },
  { weight: 1, arbitrary: fc.record({ act: act('pass'), ms: fc.nat({ max: 60 }) }) },
);

describe('PasswordAdmission, whatever is done to it', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('keeps its limits, starts jobs in the order of its model, answers each once and leaves nothing', async () => {
    const steps = fc.array(anyStep, { maxLength: 60 });
    const property = fc.asyncProperty(anyLimits, steps, async (limits, taken) => {
      const comparison = new AdmissionComparison(limits);
      for (const step of taken) {
        comparison.take(step);
        await settled();
        const { running, memoryKiB } = comparison.actual();
        expect(running).toBeLessThanOrEqual(limits.concurrency);
        expect(memoryKiB <= limits.memoryKiB || running === 1).toBe(true);
        expect(comparison.actual()).toEqual(comparison.expected());
      }
      await comparison.endAll();
      expect(comparison.actual()).toEqual(comparison.expected());
      expect(comparison.actual()).toMatchObject({ running: 0, queued: 0, memoryKiB: 0 });
      expect(comparison.actual().heard).not.toContain('open');
      expect([jest.getTimerCount(), comparison.listeners()]).toEqual([0, 0]);
    });
    await fc.assert(property, { numRuns: 300 });
  });
});
