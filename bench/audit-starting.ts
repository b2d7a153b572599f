import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { BigLog } from './audit-big-log.js';
import type { Part } from './audit-figures.js';
import { table } from './report.js';
import { summaryOf } from './statistics.js';

const GIB = 1024 ** 3;
const STARTS = 5;

/** How long it takes to open a log of 1 GiB, beside a short one, and beside a thread that only starts. */
export async function starting(long: BigLog, short: BigLog): Promise<Part> {
  await long.grow({ bytes: GIB });
  const took = { long: [] as number[], short: [] as number[], thread: [] as number[] };
  for (let start = 0; start < STARTS; start += 1) {
    took.thread.push(await startThread());
    took.short.push(await short.open());
    took.long.push(await long.open());
  }
  const rows = [
    ['a thread without a module', ...figures(took.thread)],
    ['a log of a few records', ...figures(took.short)],
    [`a log of ${(long.bytes / GIB).toFixed(2)} GiB`, ...figures(took.long)],
  ];
  const [median = '', min = '', max = ''] = figures(took.long);
  return {
    text: table([['', 'median', 'min', 'max'], ...rows]),
    targets: [['start on a log of 1 GiB', 'less than 100 ms', median, `${min} to ${max}`]],
  };
}

/** @returns how long it took, in ms */
async function startThread(): Promise<number> {
  const began = performance.now();
  const worker = new Worker('', { eval: true });
  await once(worker, 'online');
  const ms = performance.now() - began;
  await worker.terminate();
  return ms;
}

function figures(series: readonly number[]): string[] {
  const { median, min } = summaryOf(series);
  return [median, min, Math.max(...series)].map((ms) => `${ms.toFixed(0)} ms`);
}
