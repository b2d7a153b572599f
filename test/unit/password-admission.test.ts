import { getEventListeners } from 'node:events';
import { AsyncLocalStorage } from 'node:async_hooks';
import { PasswordBusyError } from '../../lib/errors/password-busy.error.js';
import { PasswordError } from '../../lib/errors/password.error.js';
import type { AdmissionLimits } from '../../lib/password/admission/admission-limits.js';
import { PasswordAdmission } from '../../lib/password/admission/password-admission.js';
import { AdmissionJobs, settled } from '../support/admission-jobs.js';
import { deferred } from '../support/deferred.js';

const IDLE = { running: 0, queued: 0, memoryKiB: 0 };

function start(limits: Partial<AdmissionLimits> = {}, clock?: () => number) {
  const all = { concurrency: 2, memoryKiB: 100, maxQueued: 8, timeoutMs: 60_000, ...limits };
  const admission = new PasswordAdmission(all, clock);
  return { admission, jobs: new AdmissionJobs(admission) };
}

const busy = (reason: string): object => ({
  error: expect.objectContaining({ code: 'PWD_BUSY', status: 503, reason }),
});

describe('PasswordAdmission', () => {
  it('answers with what the work gives, and with the error that it throws', async () => {
    const { admission } = start();
    const work = (): Promise<string> => Promise.resolve('hash');
    expect(await admission.run({ memoryKiB: 1, work })).toBe('hash');
    const failing = (): Promise<never> => Promise.reject(new Error('native'));
    await expect(admission.run({ memoryKiB: 1, work: failing })).rejects.toThrow('native');
    expect(admission.stats()).toEqual(IDLE);
  });

  it('runs no more jobs at a time than it may, the others in the order of their calls', async () => {
    const { admission, jobs } = start({ concurrency: 2 });
    const [a, b] = [jobs.send('a'), jobs.send('b'), jobs.send('c'), jobs.send('d')];
    expect(jobs.started).toEqual(['a', 'b']);
    expect(admission.stats()).toEqual({ running: 2, queued: 2, memoryKiB: 2 });
    b.end();
    await settled();
    expect(jobs.started).toEqual(['a', 'b', 'c']);
    a.end();
    await settled();
    expect(jobs.started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has room again by the time that a caller has its answer', async () => {
    const { admission } = start({ concurrency: 1, maxQueued: 0 });
    const work = (): Promise<void> => Promise.resolve();
    for (let time = 0; time < 5; time += 1) await admission.run({ memoryKiB: 1, work });
    expect(admission.stats()).toEqual(IDLE);
  });

  it('takes work that throws at once as failed, however much of it waits', async () => {
    const { admission, jobs } = start({ concurrency: 1, maxQueued: 10_000 });
    const first = jobs.send('first');
    const thrown = Array.from({ length: 10_000 }, () =>
      admission.run({
        memoryKiB: 1,
        work: () => {
          throw new Error('at once');
        },
      }),
    );
    first.end();
    const ends = await Promise.allSettled(thrown);
    expect(new Set(ends.map((end) => end.status === 'rejected' && String(end.reason)))).toEqual(
      new Set(['Error: at once']),
    );
    expect(admission.stats()).toEqual(IDLE);
  });

  it('runs a job in the asynchronous context of its own caller', async () => {
    const { admission, jobs } = start({ concurrency: 1 });
    const request = new AsyncLocalStorage<string>();
    const first = request.run('first', () => jobs.send('first'));
    const second = request.run('second', () =>
      admission.run({ memoryKiB: 1, work: async () => request.getStore() }),
    );
    first.end();
    expect(await second).toBe('second');
  });

  it('refuses limits and arguments that are none', async () => {
    expect(() => start({ concurrency: 0 })).toThrow(RangeError);
    expect(() => start({ timeoutMs: Infinity })).toThrow(RangeError);
    expect(() => start({ maxQueued: -1 })).toThrow(RangeError);
    const { admission, jobs } = start();
    const refused = [
      jobs.send('no memory', { memoryKiB: NaN }),
      jobs.send('no time', { timeoutMs: 0 }),
      jobs.send('too long for a timer', { timeoutMs: 2 ** 31 }),
      jobs.send('no key', { fairnessKey: 7 as unknown as string }),
    ];
    await settled();
    expect(refused.map(({ outcomes }) => outcomes)).toEqual([
      [{ error: expect.any(RangeError) }],
      [{ error: expect.any(RangeError) }],
      [{ error: expect.any(RangeError) }],
      [{ error: expect.any(TypeError) }],
    ]);
    expect([jobs.started, admission.stats()]).toEqual([[], IDLE]);
  });
});

describe('The memory of a PasswordAdmission', () => {
  it('is never more than the budget, even where more jobs could run', async () => {
    const { admission, jobs } = start({ concurrency: 8, memoryKiB: 100 });
    const first = jobs.send('60', { memoryKiB: 60 });
    jobs.send('50', { memoryKiB: 50 });
    expect(admission.stats()).toEqual({ running: 1, queued: 1, memoryKiB: 60 });
    first.end();
    await settled();
    expect(admission.stats()).toEqual({ running: 1, queued: 0, memoryKiB: 50 });
  });

  it('is waited for by a large job, which small ones that come later do not overtake', async () => {
    const { jobs } = start({ concurrency: 8, memoryKiB: 100 });
    const [first] = [jobs.send('60', { memoryKiB: 60 }), jobs.send('90', { memoryKiB: 90 })];
    jobs.send('1', { memoryKiB: 1, fairnessKey: 'other' });
    await settled();
    expect(jobs.started).toEqual(['60']);
    first.end();
    await settled();
    expect(jobs.started).toEqual(['60', '90', '1']);
  });

  it('is given whole to a job that needs more, which runs alone', async () => {
    const { admission, jobs } = start({ concurrency: 8, memoryKiB: 100 });
    const [first, large] = [jobs.send('1'), jobs.send('500', { memoryKiB: 500 }), jobs.send('2')];
    expect(jobs.started).toEqual(['1']);
    first.end();
    await settled();
    expect(admission.stats()).toEqual({ running: 1, queued: 1, memoryKiB: 500 });
    large.end();
    await settled();
    expect(jobs.started).toEqual(['1', '500', '2']);
  });

  it('is free for those behind a large job as soon as that one gives up', async () => {
    const { jobs } = start({ concurrency: 8, memoryKiB: 100 });
    const controller = new AbortController();
    jobs.send('60', { memoryKiB: 60 });
    jobs.send('90', { memoryKiB: 90, signal: controller.signal });
    jobs.send('40', { memoryKiB: 40 });
    controller.abort();
    expect(jobs.started).toEqual(['60', '40']);
  });
});

describe('The fairness of a PasswordAdmission', () => {
  it('lets keys take turns, so that a flood delays only its own', async () => {
    const { jobs } = start({ concurrency: 1 });
    const sent = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map((name) =>
      jobs.send(name, { fairnessKey: name.slice(0, 1) }),
    );
    for (let ended = 0; ended < sent.length; ended += 1) {
      sent.find(({ name }) => name === jobs.started[ended])?.end();
      await settled();
    }
    expect(jobs.started).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('gives the place of the greediest newest to a newcomer when the queue is full', async () => {
    const { admission, jobs } = start({ concurrency: 1, maxQueued: 3 });
    const flood = [0, 1, 2, 3, 4].map((n) => jobs.send(`flood ${n}`, { fairnessKey: 'flood' }));
    const honest = jobs.send('honest', { fairnessKey: 'honest' });
    await settled();
    expect(flood.map(({ outcomes }) => outcomes)).toEqual([
      [],
      [],
      [],
      [busy('queue-full')],
      [busy('queue-full')],
    ]);
    expect(honest.outcomes).toEqual([]);
    expect(admission.stats().queued).toBe(3);
    flood[0]?.end();
    flood[1]?.end();
    await settled();
    expect(jobs.started).toEqual(['flood 0', 'flood 1', 'honest']);
  });

  it('lets no stream of ever new keys push out those that wait with one job each', async () => {
    const { jobs } = start({ concurrency: 1, maxQueued: 3 });
    jobs.send('running');
    const waiting = ['a', 'b', 'c'].map((name) => jobs.send(name, { fairnessKey: name }));
    for (let n = 0; n < 100; n += 1) jobs.send(`${n}`, { fairnessKey: `new ${n}` });
    await settled();
    expect(waiting.map(({ outcomes }) => outcomes)).toEqual([[], [], []]);
  });

  it('takes a key of any length, and tells long ones apart', async () => {
    const { jobs } = start({ concurrency: 1, maxQueued: 2 });
    const long = 'k'.repeat(100_000);
    jobs.send('running');
    jobs.send('first', { fairnessKey: `${long}a` });
    const second = jobs.send('second', { fairnessKey: `${long}a` });
    const other = jobs.send('other', { fairnessKey: `${long}b` });
    await settled();
    expect([second.outcomes, other.outcomes]).toEqual([[busy('queue-full')], []]);
  });

  it.each(['', '__proto__', 'constructor', '\ud800'])(
    'takes %j for a key like any other',
    async (key) => {
      const { jobs } = start({ concurrency: 1 });
      const running = jobs.send('running');
      jobs.send('waits', { fairnessKey: key });
      running.end();
      await settled();
      expect(jobs.started).toEqual(['running', 'waits']);
    },
  );
});

describe('A PasswordBusyError', () => {
  it('is a PasswordError that says why and when to come again, and nothing of the caller', async () => {
    const { jobs } = start({ concurrency: 1, maxQueued: 0 });
    jobs.send('running');
    const refused = jobs.send('refused', { fairnessKey: 'alice@example.com' });
    await settled();
    const [outcome] = refused.outcomes;
    const { error } = outcome as { error: PasswordBusyError };
    expect(error).toBeInstanceOf(PasswordError);
    expect(error).toMatchObject({ name: 'PasswordBusyError', retryAfterSeconds: 1 });
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('alice');
  });

  it.each([
    [10, 10, 1],
    [1_000, 10, 6],
    [8_000, 10, 48],
    [60_000, 10, 60],
  ])('after jobs of %i ms, with %i waiting, says %i seconds', async (jobMs, waiting, seconds) => {
    let now = 0;
    const limits = { concurrency: 2, maxQueued: waiting, timeoutMs: 2 ** 31 - 1 };
    const { admission, jobs } = start(limits, () => now);
    const ran = jobs.send('ran');
    now += jobMs;
    ran.end();
    await settled();
    for (let n = 0; n < waiting + 2; n += 1) jobs.send(`${n}`);
    const refused = jobs.send('refused');
    await settled();
    expect(admission.stats()).toMatchObject({ running: 2, queued: waiting });
    expect(refused.outcomes).toMatchObject([{ error: { retryAfterSeconds: seconds } }]);
  });

  it('counts on the memory, too, where that is what jobs wait for', async () => {
    let now = 0;
    const { jobs } = start({ concurrency: 8, memoryKiB: 100, maxQueued: 3 }, () => now);
    const ran = jobs.send('ran', { memoryKiB: 100 });
    now += 2_000;
    ran.end();
    await settled();
    for (let n = 0; n < 4; n += 1) jobs.send(`${n}`, { memoryKiB: 100 });
    const refused = jobs.send('refused');
    await settled();
    expect(refused.outcomes).toMatchObject([{ error: { retryAfterSeconds: 8 } }]);
  });
});

describe('An abort', () => {
  it('before the call rejects with its reason, even where the queue is full', async () => {
    const { jobs } = start({ concurrency: 1, maxQueued: 0 });
    jobs.send('running');
    const refused = jobs.send('late', { signal: AbortSignal.abort('gone') });
    await settled();
    expect(refused.outcomes).toEqual([{ error: 'gone' }]);
  });

  it('while waiting rejects with its reason, and the work is never done', async () => {
    const { admission, jobs } = start({ concurrency: 1 });
    const controller = new AbortController();
    const running = jobs.send('running');
    const waiting = jobs.send('waiting', { signal: controller.signal });
    controller.abort(new Error('closed tab'));
    await settled();
    expect(waiting.outcomes).toEqual([{ error: new Error('closed tab') }]);
    running.end();
    await settled();
    expect([jobs.started, admission.stats()]).toEqual([['running'], IDLE]);
  });

  it.each(['end', 'fail'] as const)(
    'while running rejects at once, keeps the room, and drops the late %s',
    async (end) => {
      const { admission, jobs } = start({ concurrency: 1 });
      const controller = new AbortController();
      const running = jobs.send('running', { signal: controller.signal, memoryKiB: 7 });
      controller.abort('gone');
      await settled();
      expect(running.outcomes).toEqual([{ error: 'gone' }]);
      expect(admission.stats()).toEqual({ running: 1, queued: 0, memoryKiB: 7 });
      running[end](new Error('too late'));
      await settled();
      expect(running.outcomes).toEqual([{ error: 'gone' }]);
      expect(admission.stats()).toEqual(IDLE);
    },
  );

  it('leaves no listener on the signal, however a call ends', async () => {
    const { jobs } = start({ concurrency: 1, maxQueued: 1 });
    const { signal } = new AbortController();
    const running = jobs.send('running', { signal });
    const [waiting] = [jobs.send('waiting', { signal }), jobs.send('refused', { signal })];
    expect(getEventListeners(signal, 'abort')).toHaveLength(2);
    running.fail(new Error('native'));
    await settled();
    waiting.end();
    await settled();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('A deadline', () => {
  it('refuses a waiting caller, whose work is never done', async () => {
    const { admission, jobs } = start({ concurrency: 1, timeoutMs: 20 });
    const running = jobs.send('running', { timeoutMs: 60_000 });
    const waiting = jobs.send('waiting');
    const gone = deferred<void>();
    setTimeout(gone.resolve, 60);
    await gone.promise;
    expect(waiting.outcomes).toEqual([busy('deadline')]);
    running.end();
    await settled();
    expect([jobs.started, admission.stats()]).toEqual([['running'], IDLE]);
  });

  it('refuses a caller whose work runs, keeps its room, and drops its late failure', async () => {
    const { admission, jobs } = start({ concurrency: 1 });
    const running = jobs.send('running', { timeoutMs: 20 });
    const gone = deferred<void>();
    setTimeout(gone.resolve, 60);
    await gone.promise;
    expect(running.outcomes).toEqual([busy('deadline')]);
    expect(admission.stats()).toMatchObject({ running: 1 });
    running.fail(new Error('too late'));
    await settled();
    expect([running.outcomes.length, admission.stats()]).toEqual([1, IDLE]);
  });

  it('holds even where the loop stood still and its timer comes late', async () => {
    let now = 0;
    const { jobs } = start({ concurrency: 1, timeoutMs: 1000 }, () => now);
    const running = jobs.send('running', { timeoutMs: 5000 });
    const late = jobs.send('late');
    now = 1000;
    jobs.send('in time');
    running.end();
    await settled();
    expect(late.outcomes).toEqual([busy('deadline')]);
    expect(jobs.started).toEqual(['running', 'in time']);
  });
});
