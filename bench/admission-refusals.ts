import { performance } from 'node:perf_hooks';
import { PasswordAdmission } from '../lib/password/admission/password-admission.js';
import { summaryOf } from './statistics.js';

const REFUSALS = 10_000;
const ROUNDS = 20;
const MAX_QUEUED = 128;

/** Who asks while the queue is full. */
export type Flood = 'one key' | 'ever new keys';

/** The median time of one refusal, from the call to the caught rejection, in microseconds. */
export async function refusalCost(flood: Flood): Promise<number> {
  const admission = new PasswordAdmission({
    concurrency: 1,
    memoryKiB: 1024,
    maxQueued: MAX_QUEUED,
    timeoutMs: 600_000,
  });
  const job = { memoryKiB: 1, work: () => new Promise<never>(() => {}) };
  for (let waiting = 0; waiting <= MAX_QUEUED; waiting += 1) {
    void admission.run(job, { fairnessKey: flood === 'one key' ? 'flood' : `${waiting}` });
  }
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const keys = Array.from({ length: REFUSALS }, (_, n) =>
      flood === 'one key' ? 'flood' : `new ${round} ${n}`,
    );
    const start = performance.now();
    for (const fairnessKey of keys) await isRefused(admission.run(job, { fairnessKey }));
    times.push(((performance.now() - start) / REFUSALS) * 1000);
  }
  return summaryOf(times).median;
}

async function isRefused(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch {
    return;
  }
  throw new Error('it was admitted');
}
