import { hash } from 'argon2';
import { milliseconds, ratioTarget, type Part } from './audit-figures.js';
import { onTheThreadPool, ours } from './audit-recordings.js';
import { quantile, watch, type Recorder, type Window } from './audit-window.js';
import { table } from './report.js';
import { summaryOf } from './statistics.js';

const IN_FLIGHT = 16;
const PROFILE = { memoryCost: 65_536, timeCost: 3, parallelism: 4 };
const CALLERS = [1, 16];
const ROUNDS = 4;
const WINDOW_MS = 1250;

interface Compared {
  readonly recorder: Recorder;
  readonly idle: Window[];
  readonly hashing: Window[];
}

/** How long a record takes while the process hashes passwords, and while it does not. */
export async function besideHashes(folder: string): Promise<Part> {
  const [mine, pooled] = [await ours(folder, CALLERS), await onTheThreadPool(folder, CALLERS)];
  const compared = [mine, pooled]
    .flatMap(({ recorders }) => recorders)
    .map((recorder): Compared => ({ recorder, idle: [], hashing: [] }));
  for (const { recorder } of compared) await watch(recorder, WINDOW_MS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { recorder, idle } of compared) idle.push(await watch(recorder, WINDOW_MS));
    await whileHashing(async () => {
      for (const { recorder, hashing } of compared) hashing.push(await watch(recorder, WINDOW_MS));
    });
  }
  for (const each of [mine, pooled]) await each.close();
  const ofMine = compared.filter(({ recorder }) => mine.recorders.includes(recorder));
  return {
    text: comparisonTable(compared),
    targets: ofMine.map((each) =>
      ratioTarget(
        `p99 of ${named(each.recorder)} beside ${IN_FLIGHT} hashes, to idle`,
        'at most 5',
        ratios(each, 0.99),
      ),
    ),
  };
}

/** Keeps so many hashes in flight until something is done. */
async function whileHashing(work: () => Promise<void>): Promise<void> {
  const state = { isDone: false };
  const hashing = Array.from({ length: IN_FLIGHT }, async () => {
    while (!state.isDone) await hash('correct horse battery staple', PROFILE);
  });
  await work();
  state.isDone = true;
  await Promise.all(hashing);
}

function comparisonTable(compared: readonly Compared[]): string {
  const shares = [0.5, 0.99];
  const head = ['', 'p50 idle', 'p50 beside hashes', 'p99 idle', 'p99 beside hashes', 'p99 ratio'];
  const rows = compared.map((each) => [
    `${each.recorder.name}, ${named(each.recorder)}`,
    ...shares.flatMap((share) => [figure(each.idle, share), figure(each.hashing, share)]),
    summaryOf(ratios(each, 0.99)).median.toFixed(1),
  ]);
  return table([head, ...rows]);
}

function named({ callers }: Recorder): string {
  return callers === 1 ? 'one caller' : `${callers} callers`;
}

function figure(windows: readonly Window[], share: number): string {
  return milliseconds(summaryOf(windows.map(({ latencies }) => quantile(latencies, share))).median);
}

function ratios({ idle, hashing }: Compared, share: number): number[] {
  return hashing.map(({ latencies }, round) => {
    return quantile(latencies, share) / quantile(idle[round]?.latencies ?? [], share);
  });
}
