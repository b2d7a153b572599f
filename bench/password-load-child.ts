import { once } from 'node:events';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { setTimeout as after } from 'node:timers/promises';
import { PasswordAdmission } from '../lib/password/admission/password-admission.js';
import { probeWhile } from './load-probes.js';
import {
  IDLE_SECONDS,
  LOGINS,
  PROFILE,
  type Backend,
  type Condition,
  type LoadResult,
} from './password-load-condition.js';

const PASSWORD = 'correct horse battery staple';

type Hash = () => Promise<unknown>;

// One condition on its own in a process: `node password-load-child.js <condition as JSON>`.
const condition = JSON.parse(process.argv[2] ?? '') as Condition;
const login = await loginFor(condition);
await login();
await after(200);
const processorsBefore = processorTimes();
const idle = await probeWhile(after(IDLE_SECONDS * 1000));
const othersShare = busyShare(processorsBefore, processorTimes());
const baseline = process.memoryUsage.rss();
const processorBefore = process.cpuUsage();
const started = performance.now();
const logins = Promise.all(Array.from({ length: LOGINS }, login)).then(() => performance.now());
const load = await probeWhile(logins);
const { user, system } = process.cpuUsage(processorBefore);
const result: LoadResult = {
  idle,
  load,
  totalMs: (await logins) - started,
  processorMs: (user + system) / 1000,
  othersShare,
  baselineMiB: baseline / 2 ** 20,
  peakMiB: process.resourceUsage().maxRSS / 1024,
};
console.log(JSON.stringify(result));
process.exit();

async function loginFor(given: Condition): Promise<Hash> {
  if (given.way === 'workers') return workerPool(given.atOnce);
  const hash = await hashOf(given.backend);
  if (given.way === 'unlimited') return hash;
  const admission = new PasswordAdmission({
    concurrency: given.atOnce,
    memoryKiB: 512 * 1024,
    maxQueued: 128,
    timeoutMs: 60_000,
  });
  return () => admission.run({ memoryKiB: PROFILE.memoryKiB, work: hash });
}

async function hashOf(backend: Backend): Promise<() => Promise<Buffer>> {
  const { memoryKiB: memoryCost, timeCost, parallelism } = PROFILE;
  const options = { memoryCost, timeCost, parallelism };
  if (backend === '@node-rs/argon2') {
    const { hashRaw } = await import('@node-rs/argon2');
    return () => hashRaw(PASSWORD, options);
  }
  const { hash } = await import('argon2');
  return () => hash(PASSWORD, { ...options, raw: true, salt: Buffer.alloc(16, 1) });
}

/** So many threads, each with one hash at a time; further ones wait for the first thread to be free. */
function workerPool(size: number): Hash {
  const script = join(import.meta.dirname, 'password-load-worker.js');
  const idleWorkers = Array.from({ length: size }, () => new Worker(script));
  const waiting: ((worker: Worker) => void)[] = [];
  const release = (worker: Worker): void => {
    const next = waiting.shift();
    if (next) next(worker);
    else idleWorkers.push(worker);
  };
  return async () => {
    const worker =
      idleWorkers.pop() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)));
    worker.postMessage(PASSWORD, []);
    await once(worker, 'message');
    release(worker);
  };
}

function processorTimes(): { readonly all: number; readonly idle: number } {
  const times = cpus().map((processor) => processor.times);
  return {
    all: times.flatMap((each) => Object.values(each)).reduce((sum, ms) => sum + ms, 0),
    idle: times.reduce((sum, { idle: ms }) => sum + ms, 0),
  };
}

function busyShare(
  before: ReturnType<typeof processorTimes>,
  afterwards: ReturnType<typeof processorTimes>,
): number {
  return 1 - (afterwards.idle - before.idle) / (afterwards.all - before.all);
}
