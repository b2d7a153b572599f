import { setImmediate } from 'node:timers/promises';
import type { AuditEvent } from '../lib/audit/record/audit-event.js';
import { typicalEvent } from './audit-event.js';

/** As many events as a logger that gives no answer is handed before the event loop goes on. */
const BURST = 256;

/** Something that records events. */
export interface Recorder {
  readonly name: string;
  /** How many wait for their event at the same time; `undefined` for a logger that gives no answer. */
  readonly callers: number | undefined;
  record(event: AuditEvent): unknown;
  /** Resolves when everything that was recorded is written. Counts as time of recording. */
  settle?(): Promise<unknown>;
  /** Does what is due later, so that it does not fall into another recorder's time. Does not count. */
  rest?(): Promise<unknown>;
}

/** Recorders that write to the same place. */
export interface Recording {
  readonly recorders: readonly Recorder[];
  close(): Promise<unknown>;
}

/** What was seen of a recorder for a while. */
export interface Window {
  readonly perSecond: number;
  /** By the processor time of all threads of this process. */
  readonly perCpuSecond: number;
  /** In milliseconds, ascending. */
  readonly latencies: readonly number[];
}

/** Lets a recorder record for so many milliseconds. */
export async function watch(recorder: Recorder, ms: number): Promise<Window> {
  const { callers } = recorder;
  const latencies: number[] = [];
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  if (callers === undefined) await inBursts(recorder, began + ms, latencies);
  else {
    const calling = (): Promise<void> => oneAfterTheOther(recorder, began + ms, latencies);
    await Promise.all(Array.from({ length: callers }, calling));
  }
  await recorder.settle?.();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  await recorder.rest?.();
  return {
    perSecond: latencies.length / seconds,
    perCpuSecond: latencies.length / ((user + system) / 1e6),
    latencies: latencies.toSorted((a, b) => a - b),
  };
}

async function oneAfterTheOther(
  recorder: Recorder,
  end: number,
  latencies: number[],
): Promise<void> {
  for (let before = performance.now(); before < end;) {
    const answer = recorder.record(typicalEvent(latencies.length));
    if (answer instanceof Promise) await answer;
    const after = performance.now();
    latencies.push(after - before);
    before = after;
  }
}

async function inBursts(recorder: Recorder, end: number, latencies: number[]): Promise<void> {
  while (performance.now() < end) {
    for (let count = 0; count < BURST; count += 1) {
      const before = performance.now();
      recorder.record(typicalEvent(latencies.length));
      latencies.push(performance.now() - before);
    }
    await setImmediate();
  }
}

/** A recorder and what was seen of it, round by round. */
export interface Watched {
  readonly recorder: Recorder;
  readonly windows: readonly Window[];
}

/** Watches recorders in turn, round by round, after warming up; who is first changes with every round. */
export async function watchInTurn(
  recorders: readonly Recorder[],
  { warmUps, rounds, ms }: { warmUps: number; rounds: number; ms: number },
): Promise<Watched[]> {
  const watched = recorders.map((recorder) => ({ recorder, windows: [] as Window[] }));
  for (let round = -warmUps; round < rounds; round += 1) {
    const first = (round + warmUps) % watched.length;
    for (const { recorder, windows } of [...watched.slice(first), ...watched.slice(0, first)]) {
      const window = await watch(recorder, ms);
      if (round >= 0) windows.push(window);
    }
  }
  return watched;
}

/** The value below which a share of an ascending series is. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
