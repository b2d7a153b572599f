import type { Cost } from './argon2-cffi.js';
import type { Contender } from './password-hashes.js';
import { table } from './report.js';
import { summaryOf } from './statistics.js';

/** What was measured of each contender, by its name. */
export type Measured = ReadonlyMap<string, readonly Cost[]>;

/** Two contenders of which the first is to take at most so many times what the second takes. */
interface Comparison {
  readonly first: string;
  readonly second: string;
  readonly atMost?: number;
}

const COMPARISONS: readonly Comparison[] = [
  { first: 'PasswordService, argon2', second: 'argon2' },
  { first: 'PasswordService, @node-rs/argon2', second: '@node-rs/argon2' },
  { first: 'PasswordService, @node-rs/bcrypt', second: '@node-rs/bcrypt' },
  { first: 'PasswordService, @node-rs/argon2', second: 'argon2-cffi', atMost: 0.5 },
  { first: 'PasswordService, argon2', second: 'argon2-cffi' },
  { first: '@node-rs/argon2', second: 'argon2' },
  { first: 'node:crypto argon2', second: 'argon2' },
  { first: '@node-rs/argon2', second: 'node:crypto argon2' },
  { first: '@node-rs/bcrypt', second: 'bcryptjs' },
  { first: 'argon2, again', second: 'argon2' },
];

/** Runs all contenders in turn, every other round in the opposite order, so that none always follows the same. */
export async function measureHashes(
  all: readonly Contender[],
  warmUps: number,
  rounds: number,
): Promise<Measured> {
  const measured = new Map(all.map(({ name }) => [name, [] as Cost[]]));
  for (let round = -warmUps; round < rounds; round += 1) {
    const taking = all.filter(({ every }) => round % every === 0);
    for (const { name, hash } of round % 2 === 0 ? taking : taking.toReversed()) {
      const cost = await hash();
      if (round >= 0) measured.get(name)?.push(cost);
    }
  }
  return measured;
}

/** Time and work of each. */
export function hashesTable(measured: Measured): string {
  const rows = Array.from(measured, ([name, costs]) => {
    const [time, work] = [summaryOf(costs.map(({ ms }) => ms)), summaryOf(costs.map(cpu))];
    return [name, time.min, time.median, work.min, work.median].map((cell) =>
      typeof cell === 'string' ? cell : `${cell.toFixed(1)} ms`,
    );
  });
  return table([['one hash', 'time: min', 'median', 'CPU: min', 'median'], ...rows]);
}

/** How the minima and medians of pairs compare. */
export function ratiosTable(measured: Measured): string {
  const rows = COMPARISONS.flatMap(({ first, second, atMost }) => {
    const [a, b] = [measured.get(first), measured.get(second)];
    if (!a || !b) return [];
    const ratio = ratioOf(a, b, 'min', ({ ms }) => ms);
    return [
      [
        `${first} / ${second}`,
        ratio.toFixed(3),
        ratioOf(a, b, 'median', ({ ms }) => ms).toFixed(3),
        ratioOf(a, b, 'min', cpu).toFixed(3),
        atMost === undefined ? '' : `${atMost}: ${ratio <= atMost ? 'met' : 'missed'}`,
      ],
    ];
  });
  const head = ['ratio', 'of min. time', 'of median time', 'of min. CPU', 'target for min. time'];
  return table([head, ...rows]);
}

function ratioOf(
  a: readonly Cost[],
  b: readonly Cost[],
  figure: 'min' | 'median',
  value: (cost: Cost) => number,
): number {
  return summaryOf(a.map(value))[figure] / summaryOf(b.map(value))[figure];
}

function cpu({ cpuMs }: Cost): number {
  return cpuMs;
}
