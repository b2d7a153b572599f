import { randomInt } from 'node:crypto';
import type { PasswordService } from '../lib/password/password.service.js';
import { table } from './report.js';
import { trimmedMoments, trimmedT } from './statistics.js';

/** The share of the samples of a row that counts, the fastest: the others were slow because the machine was busy. */
const KEPT = 0.6;
const LEAK = 4.5;

/** One way to fail. */
export interface Failure {
  readonly name: string;
  readonly stored: string | null;
  /** Makes the password of one sample. */
  readonly password: () => string;
}

/** Ways to fail that should take the same time; the first is the one that the others are compared with. */
export interface Experiment {
  readonly title: string;
  /** A sentence before the table. */
  readonly about: string;
  readonly service: PasswordService;
  readonly failures: readonly [Failure, ...Failure[]];
  /** How many of each row, about. */
  readonly samples: number;
}

/** Measures an experiment and sums it up. */
export async function measuredTable(experiment: Experiment): Promise<string> {
  const series = await sample(experiment);
  const [first = []] = series;
  const base = trimmedMoments(first, KEPT).mean;
  const rows = experiment.failures.map(({ name }, index) => {
    const times = series[index] ?? [];
    const { mean } = trimmedMoments(times, KEPT);
    const apart = mean - base;
    if (index === 0) return [name, microseconds(mean), '', '', '', ''];
    const t = Math.abs(trimmedT(times, first, KEPT));
    return [
      name,
      microseconds(mean),
      microseconds(apart),
      `${((100 * apart) / base).toFixed(2)}%`,
      t.toFixed(1),
      t > LEAK ? 'yes' : 'no',
    ];
  });
  const head = ['failure', 'mean', 'less the first', 'share', '\\|t\\|', 'tells'];
  return `${table([head, ...rows])}\n\n${first.length} samples of the first row.`;
}

/** Microseconds of each failure, drawn at random before each sample. */
async function sample({ service, failures, samples }: Experiment): Promise<number[][]> {
  const series = failures.map((): number[] => []);
  const total = samples * failures.length;
  for (let round = -total / 10; round < total; round += 1) {
    const index = randomInt(failures.length);
    const failure = failures[index];
    if (!failure) throw new RangeError('no such failure');
    const elapsed = await time(service, failure);
    if (round >= 0) series[index]?.push(elapsed);
  }
  return series;
}

async function time(service: PasswordService, failure: Failure): Promise<number> {
  const { stored } = failure;
  const password = failure.password();
  const before = process.hrtime.bigint();
  const matches = await service.verify(stored, password);
  const after = process.hrtime.bigint();
  if (matches) throw new Error('a wrong password was taken for the right one');
  return Number(after - before) / 1000;
}

function microseconds(value: number): string {
  return `${value.toFixed(1)} µs`;
}
