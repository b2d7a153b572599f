import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

const EVERY_MS = 10;
const FILE = 'package.json';

/** Three figures of a series, in milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What the rest of an application feels. */
export interface Probes {
  /** Time of reading a small file, one begun every 10 ms whether or not the last has ended. */
  readonly fs: Spread;
  /** Time of looking up `localhost`, likewise. */
  readonly dns: Spread;
  /** `monitorEventLoopDelay` with its default resolution of 10 ms, which its figures include. */
  readonly loop10: Spread;
  /** The same with a resolution of 1 ms. */
  readonly loop1: Spread;
}

/** Probes files, names and the event loop for as long as something lasts. */
export async function probeWhile(lasting: Promise<unknown>): Promise<Probes> {
  const [coarse, fine] = [monitorEventLoopDelay(), monitorEventLoopDelay({ resolution: 1 })];
  const [fs, dns]: [Promise<number>[], Promise<number>[]] = [[], []];
  coarse.enable();
  fine.enable();
  const timer = setInterval(() => {
    fs.push(timed(() => readFile(FILE)));
    dns.push(timed(() => lookup('localhost')));
  }, EVERY_MS);
  await lasting;
  clearInterval(timer);
  coarse.disable();
  fine.disable();
  return {
    fs: spreadOf(await Promise.all(fs)),
    dns: spreadOf(await Promise.all(dns)),
    loop10: spreadOfNanoseconds(coarse),
    loop1: spreadOfNanoseconds(fine),
  };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function spreadOf(series: readonly number[]): Spread {
  const sorted = series.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function spreadOfNanoseconds(histogram: {
  percentile(percentile: number): number;
  readonly max: number;
}): Spread {
  return {
    p50: histogram.percentile(50) / 1e6,
    p99: histogram.percentile(99) / 1e6,
    max: histogram.max / 1e6,
  };
}
