import { latency, rates, ratioTarget, type Part, type Target } from './audit-figures.js';
import { floor, ours, pinoAsync, pinoSync, postgres, winstonFile } from './audit-recordings.js';
import { watchInTurn, type Watched, type Window } from './audit-window.js';
import { table } from './report.js';

export const ROUNDS = 10;
export const WINDOW_MS = 500;
export const WARM_UPS = 3;
const CALLERS = [1, 16, 256, 2048];
const SQL_CALLERS = [1, 16, 256];

/** Records into everything, and compares. */
export async function recording(folder: string): Promise<Part> {
  const database = await postgres(SQL_CALLERS);
  const [bare, mine, quick] = [floor(folder), await ours(folder, CALLERS), pinoAsync(folder)];
  const others = [quick, pinoSync(folder), winstonFile(folder)];
  const recordings = [bare, mine, ...(database ? [database] : []), ...others];
  const recorders = recordings.flatMap((each) => each.recorders);
  const [one, , many] = mine.recorders;
  // What is compared follows each other at once: a machine that others share is not the same a few seconds later.
  const pairs = [
    ...bare.recorders,
    ...(one ? [one] : []),
    ...quick.recorders,
    ...(many ? [many] : []),
  ];
  const turns = [...new Set([...pairs, ...recorders])];
  const rounds = { warmUps: WARM_UPS, rounds: ROUNDS, ms: WINDOW_MS };
  const seen = await watchInTurn(turns, rounds);
  for (const each of recordings) await each.close();
  const watched = recorders.flatMap((each) => seen.filter(({ recorder }) => recorder === each));
  const of = (index: number, { recorders: some }: typeof mine): readonly Window[] =>
    watched.find(({ recorder }) => recorder === some[index])?.windows ?? [];
  return {
    text: recordingTable(watched) + (database ? '' : '\n\nNo PostgreSQL server was to be had.'),
    targets: targetsOf({
      one: of(0, mine),
      many: of(2, mine),
      bare: of(0, bare),
      pino: of(0, quick),
    }),
  };
}

function recordingTable(watched: readonly Watched[]): string {
  const head = ['', 'callers', 'resolves', 'events/s', 'events per CPU second', 'p50', 'p99'];
  const rows = watched.map(({ recorder: { name, callers }, windows }) => [
    name,
    callers?.toLocaleString('en') ?? '-',
    callers === undefined ? 'at once' : 'on the disk',
    rates(windows.map(({ perSecond }) => perSecond)),
    rates(windows.map(({ perCpuSecond }) => perCpuSecond)),
    latency(windows, 0.5),
    latency(windows, 0.99),
  ]);
  return table([head, ...rows]);
}

type Series = readonly Window[];

function targetsOf(seen: { one: Series; many: Series; bare: Series; pino: Series }): Target[] {
  const { one, many, bare, pino } = seen;
  return [
    ratioTarget(
      'events per CPU second with 256 callers, to pino, async',
      'at least 1',
      ratios(many, pino, 'perCpuSecond'),
    ),
    ratioTarget(
      'events/s of one caller, to bare `write` and `fdatasync`',
      'at least 0.7',
      ratios(one, bare, 'perSecond'),
    ),
  ];
}

function ratios(some: Series, others: Series, what: 'perSecond' | 'perCpuSecond'): number[] {
  return some.map((each, round) => each[what] / (others[round]?.[what] ?? Number.NaN));
}
