import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BootTimes } from './boot-times.js';
import { circumstances, publish, table, versionOf } from './report.js';
import { summaryOf, type Summary } from './statistics.js';

const CHILD = join(import.meta.dirname, 'boot-child.js');
const WARM_UPS = 3;
const ROUNDS = 40;
/** The third is the first again: how far the two are apart is what noise alone does. */
const VARIANTS = ['without', 'with', 'without, again'] as const;

type Variant = (typeof VARIANTS)[number];
type Runs = Readonly<Record<Variant, BootTimes[]>>;

async function bootOnce(variant: Variant): Promise<BootTimes> {
  const argument = variant === 'with' ? 'with' : 'without';
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, argument]);
  return JSON.parse(stdout) as BootTimes;
}

async function measure(): Promise<Runs> {
  const runs: Runs = { without: [], with: [], 'without, again': [] };
  for (let round = -WARM_UPS; round < ROUNDS; round += 1) {
    for (const variant of VARIANTS) {
      const times = await bootOnce(variant);
      if (round >= 0) runs[variant].push(times);
    }
  }
  return runs;
}

function series(runs: readonly BootTimes[], figure: keyof BootTimes): Summary {
  return summaryOf(runs.map((times) => times[figure] ?? Number.NaN));
}

function bootTable(runs: Runs): string {
  const base = series(runs.without, 'ready');
  const rows = VARIANTS.map((variant) => {
    const ready = series(runs[variant], 'ready');
    const memory = series(runs[variant], 'residentMiB');
    return [
      `${variant} SecurityModule`.replace(/(, again) (.*)/, ' $2$1'),
      ms(ready.min),
      ms(ready.median),
      (ready.min / base.min).toFixed(2),
      (ready.median / base.median).toFixed(2),
      `${memory.median.toFixed(1)} MiB`,
    ];
  });
  const head = ['application', 'min', 'median', 'ratio of min', 'ratio of median', 'memory'];
  return table([head, ...rows]);
}

function partsTable({ with: runs }: Runs): string {
  const rows = (
    [
      ['importing the package, after Nest', 'packageImport'],
      ['first password hash, which loads argon2', 'firstHash'],
      ['second password hash', 'secondHash'],
    ] as const
  ).map(([name, figure]) => {
    const { min, median } = series(runs, figure);
    return [name, ms(min), ms(median)];
  });
  const load = summaryOf(
    runs.map(({ firstHash = Number.NaN, secondHash = Number.NaN }) => firstHash - secondHash),
  );
  return table([
    ['part', 'min', 'median'],
    ...rows,
    ['first less second: the cost of loading argon2', ms(load.min), ms(load.median)],
  ]);
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function page(runs: Runs): string {
  return `# Start-up cost

${circumstances(`@nestjs/core ${versionOf('@nestjs/core')} on Express`, `argon2 ${versionOf('argon2')}`)}

Time from the start of a fresh process until an empty Nest application listens:

${bootTable(runs)}

Parts of it, with SecurityModule:

${partsTable(runs)}

Method: \`npm run bench:boot\`. Every figure comes from ${ROUNDS} fresh processes of each application, run in turn (without, with, without again) after ${WARM_UPS} rounds of warm-up. An application is \`NestFactory.create()\` and \`listen(0)\` of a module that is empty, or that imports \`SecurityModule.forRoot({ keys, password })\` from the built package. Each process reads its own clock, which starts with the process, so that starting Node and importing Nest are in every figure of the first table. Memory is the resident set when the application listens. The last line of the first table shows what noise alone does. Hashing was set to the least that Argon2 knows, so that the first hash shows the loading.
`;
}

await publish('boot', page(await measure()));
