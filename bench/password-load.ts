import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Probes, Spread } from './load-probes.js';
import {
  IDLE_SECONDS,
  LOGINS,
  PROFILE,
  type Condition,
  type LoadResult,
} from './password-load-condition.js';
import { refusalCost } from './admission-refusals.js';
import { circumstances, publish, table, versionOf } from './report.js';
import { summaryOf } from './statistics.js';

const CHILD = join(import.meta.dirname, 'password-load-child.js');
const ROUNDS = 3;
const BACKENDS = ['argon2', '@node-rs/argon2'] as const;
const CONDITIONS: readonly Condition[] = [
  ...BACKENDS.flatMap((backend): Condition[] => [
    { backend, way: 'unlimited' },
    ...[1, 2, 3].map((atOnce): Condition => ({ backend, way: 'admission', atOnce })),
  ]),
  ...[1, 2].map((atOnce): Condition => ({ backend: '@node-rs/argon2', way: 'workers', atOnce })),
];

/** A condition and what was seen of it, each figure the median of its rounds. */
interface Row {
  readonly condition: Condition;
  readonly seen: LoadResult;
}

async function measure(): Promise<Row[]> {
  const results = CONDITIONS.map((condition) => ({ condition, all: [] as LoadResult[] }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { condition, all } of results) {
      const args = [CHILD, JSON.stringify(condition)];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      all.push(JSON.parse(stdout) as LoadResult);
    }
  }
  return results.map(({ condition, all }) => ({ condition, seen: middleOf(all) }));
}

function middleOf(all: readonly LoadResult[]): LoadResult {
  const of = (pick: (result: LoadResult) => number): number => summaryOf(all.map(pick)).median;
  const spread = (pick: (result: LoadResult) => Spread): Spread => ({
    p50: of((result) => pick(result).p50),
    p99: of((result) => pick(result).p99),
    max: of((result) => pick(result).max),
  });
  const probes = (pick: (result: LoadResult) => Probes): Probes => ({
    fs: spread((result) => pick(result).fs),
    dns: spread((result) => pick(result).dns),
    loop10: spread((result) => pick(result).loop10),
    loop1: spread((result) => pick(result).loop1),
  });
  return {
    idle: probes(({ idle }) => idle),
    load: probes(({ load }) => load),
    totalMs: of(({ totalMs }) => totalMs),
    processorMs: of(({ processorMs }) => processorMs),
    othersShare: of(({ othersShare }) => othersShare),
    baselineMiB: of(({ baselineMiB }) => baselineMiB),
    peakMiB: of(({ peakMiB }) => peakMiB),
  };
}

function nameOf(condition: Condition): string {
  const backend = `\`${condition.backend}\``;
  if (condition.way === 'unlimited') return `${backend}, unlimited`;
  return condition.way === 'admission'
    ? `${backend}, ${condition.atOnce} at a time`
    : `${backend}, worker threads: ${condition.atOnce}`;
}

function probesTable(rows: readonly Row[], probes: readonly (keyof Probes)[]): string {
  const head = [
    'p50 / p99 / max in ms',
    ...probes.flatMap((probe) => [`${TITLES[probe]}: idle`, 'under load']),
  ];
  return table([
    head,
    ...rows.map(({ condition, seen }) => [
      nameOf(condition),
      ...probes.flatMap((probe) => [figures(seen.idle[probe]), figures(seen.load[probe])]),
    ]),
  ]);
}

const TITLES: Readonly<Record<keyof Probes, string>> = {
  fs: '`fs.readFile`',
  dns: '`dns.lookup`',
  loop10: 'loop, 10 ms',
  loop1: 'loop, 1 ms',
};

function figures({ p50, p99, max }: Spread): string {
  return [p50, p99, max].map((value) => value.toFixed(value < 10 ? 1 : 0)).join(' / ');
}

function costTable(rows: readonly Row[]): string {
  return table([
    [
      '',
      'all logins',
      'processor time a login',
      'memory before',
      'peak',
      'above admitted',
      'others',
    ],
    ...rows.map(({ condition, seen }) => [
      nameOf(condition),
      `${(seen.totalMs / 1000).toFixed(1)} s`,
      `${(seen.processorMs / LOGINS).toFixed(0)} ms`,
      `${seen.baselineMiB.toFixed(0)} MiB`,
      `${seen.peakMiB.toFixed(0)} MiB`,
      aboveAdmitted(condition, seen),
      `${(seen.othersShare * 100).toFixed(0)} %`,
    ]),
  ]);
}

function aboveAdmitted(condition: Condition, { baselineMiB, peakMiB }: LoadResult): string {
  if (condition.way === 'unlimited') return '';
  const admitted = (condition.atOnce * PROFILE.memoryKiB) / 1024;
  return `${(((peakMiB - baselineMiB) / admitted - 1) * 100).toFixed(0)} % of ${admitted} MiB`;
}

function targetsTable(rows: readonly Row[]): string {
  const limited = rows.filter(({ condition }) => condition.way === 'admission');
  return table([
    [
      '',
      'fs p99 above idle (<= 50 ms)',
      'dns p99 above idle (<= 50 ms)',
      'loop p99 to idle, 10 ms (<= 2)',
      'the same, 1 ms',
      'peak above memory before + admitted (<= 20 %)',
    ],
    ...limited.map(({ condition, seen: { idle, load, ...memory } }) => [
      nameOf(condition),
      `${(load.fs.p99 - idle.fs.p99).toFixed(1)} ms`,
      `${(load.dns.p99 - idle.dns.p99).toFixed(1)} ms`,
      (load.loop10.p99 / idle.loop10.p99).toFixed(2),
      (load.loop1.p99 / idle.loop1.p99).toFixed(2),
      excessOf(condition, memory),
    ]),
  ]);
}

function excessOf(
  condition: Condition,
  { baselineMiB, peakMiB }: Pick<LoadResult, 'baselineMiB' | 'peakMiB'>,
): string {
  const atOnce = condition.way === 'unlimited' ? LOGINS : condition.atOnce;
  const allowed = baselineMiB + (atOnce * PROFILE.memoryKiB) / 1024;
  return `${((peakMiB / allowed - 1) * 100).toFixed(0)} %`;
}

async function refusalsTable(): Promise<string> {
  const cost = async (flood: 'one key' | 'ever new keys'): Promise<string> =>
    `${(await refusalCost(flood)).toFixed(1)} us`;
  const usual = [await cost('one key'), await cost('ever new keys')];
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const bare = [await cost('one key'), await cost('ever new keys')];
  Error.stackTraceLimit = stackTraceLimit;
  return table([
    ['one refusal of 10,000, queue of 128 full (<= 20 us)', 'one key', 'ever new keys'],
    ['as it is', ...usual],
    ['without the stack of the error', ...bare],
  ]);
}

function page(rows: readonly Row[], refusals: string): string {
  const packages = BACKENDS.map((name) => `${name} ${versionOf(name)}`);
  return `# What ${LOGINS} logins at once do to the rest

${circumstances(...packages)}

## Against the targets

${targetsTable(rows)}

${refusals}

## Files and names

${probesTable(rows, ['fs', 'dns'])}

## The event loop

${probesTable(rows, ['loop10', 'loop1'])}

## Cost

${costTable(rows)}

## Reading

Without a limit the hashes take all four threads of libuv, and files and names wait for most of the burst. With a limit below the threads one is always free, and what remains is the wait for a processor: each hash runs its lanes in threads of its own, on ${availableParallelism()} processors here, and the loop competes with them like any thread. That is why the default is processors divided by lanes, and why more at a time gains little and costs the rest more.

A histogram with a resolution of 10 ms looks every 10 ms and its figures include them, so that its ratio hides a wait of a few milliseconds. One of 1 ms shows that wait: its ratio to an idle loop is larger, because an idle loop is nearly never late. Neither shows a loop that hashing blocks; it waits for a turn on a processor, as it would beside any other busy process.

Worker threads bring nothing over the limit: as many hashes at a time need the same processors and fill the same memory, and each thread costs some 10 MiB of its own. Only @node-rs/argon2 can be used so; argon2 has no synchronous call, and its asynchronous one uses libuv's pool from any thread.

## Method

\`npm run bench:password-load\`. Each condition runs in a process of its own: one hash to load the library, ${IDLE_SECONDS} seconds idle, then ${LOGINS} Argon2id hashes (m=${PROFILE.memoryKiB} KiB, t=${PROFILE.timeCost}, p=${PROFILE.parallelism}) asked for in one turn of the loop. Every 10 ms a small file is read and \`localhost\` looked up, whether or not the last has come back, so that a stall is counted by all that fall into it. All conditions in turn, ${ROUNDS} rounds; each figure is the median of its rounds. Peak memory is the kernel's high-water mark of the process. The last column of the costs is what other processes took of the processors during the idle seconds: where it is large, the figures under load hold their share, too. Refusals: the median of 20 rounds of 10,000 calls, each awaited and its error caught, while 128 wait.
`;
}

const refusals = await refusalsTable();
await publish('password-load', page(await measure(), refusals));
process.exit();
