import { randomBytes } from 'node:crypto';
import { checkWhole } from '../common/check-whole.js';
import { refuseUnknown } from '../common/refuse-unknown.js';
import type { Argon2Backend } from '../key-derivation/argon2-backend.js';
import type { Argon2Parameters } from '../key-derivation/argon2-parameters.js';
import { hashWithArgon2 } from './backend/argon2-hash.js';
import type { PasswordCeilings } from './password-ceilings.js';
import { argon2Strength } from './target/argon2id.scheme.js';

const ROUNDS = 3;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const KIB_PER_MIB = 1024;
/** The least memory that OWASP recommends, with two passes. */
const SMALLEST_MIB = 19;
const MAX_MIB = 4096;
const MAX_TARGET_MS = 60_000;
const DEFAULT_LANES = 4;

/** What one hash may cost. */
export interface CalibrationGoal {
  /** The longest that one hash may take, in milliseconds, 1 to 60000. */
  targetMs: number;
  /** The most memory that one hash may fill, in MiB, 19 to what `ceilings.argon2MemoryKiB` allows. */
  memoryMiB: number;
  /**
   * The lanes of a hash.
   *
   * @default those that the options say, or 4
   */
  parallelism?: number;
}

/** What a set of parameters takes. */
export interface CalibrationRow extends Argon2Parameters {
  /** The median of three hashes, in milliseconds. */
  readonly medianMs: number;
  /** Whether that is within the goal. */
  readonly fits: boolean;
}

/** What was measured, and what to make of it. */
export interface Calibration {
  /** Every set that was measured, the most memory first. */
  readonly rows: readonly CalibrationRow[];
  /** What the options say now; `undefined` when they say another scheme. */
  readonly configured: CalibrationRow | undefined;
  /**
   * The row that fits and costs an attacker most, by memory x memory x passes; of equals, the one with the
   * most memory. `undefined` when not even 19 MiB and one pass fit into the time.
   */
  readonly recommendation: CalibrationRow | undefined;
  /** The rows as a table of text. */
  readonly table: string;
}

/** What there is to calibrate. */
export interface CalibrationSubject {
  readonly backend: Argon2Backend;
  readonly ceilings: PasswordCeilings;
  /** What the options say now; `undefined` when they say another scheme. */
  readonly configured: Argon2Parameters | undefined;
}

/** Measures Argon2id with each of some sizes of memory, with as many passes as fit into the time. */
export async function calibrateArgon2(
  goal: CalibrationGoal,
  { backend, ceilings, configured }: CalibrationSubject,
): Promise<Calibration> {
  refuseUnknown(goal, ['targetMs', 'memoryMiB', 'parallelism'], 'calibrate');
  const { targetMs, memoryMiB, parallelism = configured?.parallelism ?? DEFAULT_LANES } = goal;
  const mostMiB = Math.min(MAX_MIB, Math.floor(ceilings.argon2MemoryKiB / KIB_PER_MIB));
  checkWhole(targetMs, 'targetMs', 1, MAX_TARGET_MS);
  checkWhole(memoryMiB, 'memoryMiB', SMALLEST_MIB, mostMiB);
  checkWhole(parallelism, 'parallelism', 1, ceilings.argon2Parallelism);
  const measure = async (parameters: Argon2Parameters): Promise<CalibrationRow> => {
    const { memoryKiB, timeCost, parallelism: lanes } = parameters;
    const medianMs = await medianOf(parameters, backend);
    return { memoryKiB, timeCost, parallelism: lanes, medianMs, fits: medianMs <= targetMs };
  };

  const rows: CalibrationRow[] = [];
  for (const memoryKiB of sizesUpTo(memoryMiB)) {
    const once = await measure({ memoryKiB, timeCost: 1, parallelism });
    const mostPasses = Math.min(
      Math.floor(targetMs / once.medianMs),
      ceilings.argon2TimeCost,
      Math.floor(ceilings.argon2MemoryKiBPasses / memoryKiB),
    );
    rows.push(await mostThatFits(once, mostPasses, measure));
  }
  const now = configured && (await measure(configured));
  return { rows, configured: now, recommendation: strongestOf(rows), table: tableOf(rows, now) };
}

/** Of those that fit, the one that costs an attacker most. The most memory comes first. */
function strongestOf(rows: readonly CalibrationRow[]): CalibrationRow | undefined {
  const [strongest] = rows
    .filter(({ fits }) => fits)
    .toSorted((a, b) => argon2Strength(b) - argon2Strength(a));
  return strongest;
}

/** The pass that was measured, or as many as still fit when they are measured, too. */
async function mostThatFits(
  once: CalibrationRow,
  mostPasses: number,
  measure: (parameters: Argon2Parameters) => Promise<CalibrationRow>,
): Promise<CalibrationRow> {
  for (let timeCost = mostPasses; timeCost > 1; timeCost -= 1) {
    const row = await measure({ ...once, timeCost });
    if (row.fits) return row;
  }
  return once;
}

/** The largest size, its halves, and the least that is recommended. */
function sizesUpTo(memoryMiB: number): number[] {
  const sizes = [];
  for (let size = memoryMiB; size > SMALLEST_MIB; size = Math.floor(size / 2)) sizes.push(size);
  return [...sizes, SMALLEST_MIB].map((size) => size * KIB_PER_MIB);
}

async function medianOf(parameters: Argon2Parameters, backend: Argon2Backend): Promise<number> {
  const times: number[] = [];
  // One more, which fetches the memory from the system for the first time.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const startedAt = performance.now();
    await hashWithArgon2(
      randomBytes(HASH_BYTES),
      {
        ...parameters,
        variant: 'argon2id',
        version: 19,
        salt: randomBytes(SALT_BYTES),
        hashBytes: HASH_BYTES,
      },
      backend,
    );
    if (round > 0) times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

function tableOf(rows: readonly CalibrationRow[], now: CalibrationRow | undefined): string {
  const cellsOf = ({ memoryKiB, timeCost, parallelism, medianMs, fits }: CalibrationRow) => [
    `${Math.round(memoryKiB / KIB_PER_MIB)} MiB`,
    String(timeCost),
    String(parallelism),
    `${medianMs.toFixed(1)} ms`,
    fits ? 'yes' : 'no',
  ];
  return [
    ['memory', 'passes', 'lanes', 'median', 'fits'],
    ...rows.map(cellsOf),
    ...(now ? [[...cellsOf(now), '(configured)']] : []),
  ]
    .map((cells) => cells.map((cell) => cell.padStart(9)).join('  '))
    .join('\n');
}
